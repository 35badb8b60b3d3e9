//! Which granted origins get the content script. Asks for nothing; the pages do that.

/// Sorted, unique match patterns of granted origins on which listings are read.
#[must_use]
pub fn readable(origins: &[String]) -> Vec<String> {
    let mut out: Vec<String> = origins
        .iter()
        .filter(|o| {
            o.len() <= 300
                && (o.starts_with("https://")
                    || o.starts_with("http://localhost/")
                    || o.starts_with("http://127.0.0.1/"))
        })
        .cloned()
        .collect();
    out.sort();
    out.dedup();
    out
}

#[cfg(test)]
mod tests {
    use super::readable;

    #[test]
    fn table() {
        let granted =
            ["https://b.example/*", "http://localhost/*", "http://x.example/*", "file:///*", "https://b.example/*"];
        assert_eq!(readable(&granted.map(String::from)), ["http://localhost/*", "https://b.example/*"]);
    }
}
