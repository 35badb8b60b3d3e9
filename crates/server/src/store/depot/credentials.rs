//! What a storage knows us by: from a file that the address names, else from the environment. Never from the command line, and
//! never in a word that is printed or logged.

use std::io::Read as _;
use std::path::Path;

/// Largest file.
const FILE_BYTES: u64 = 16 * 1024;

/// A key of a storage.
#[derive(PartialEq, Eq)]
pub(super) struct Credentials {
    pub id: String,
    pub secret: String,
    /// What credentials that end by themselves have besides.
    pub token: Option<String>,
}

/// Those in the file, if one is named, else those in the environment.
pub(super) fn find(file: Option<&Path>) -> Result<Credentials, String> {
    let Some(path) = file else { return of_environment(|name| std::env::var(name).ok()).map_err(no) };
    let fail = |e: std::io::Error| no(format!("{}: {e}", path.display()));
    let mut text = String::new();
    std::fs::File::open(path).map_err(fail)?.take(FILE_BYTES).read_to_string(&mut text).map_err(fail)?;
    of_file(&text).map_err(|why| no(format!("{} {why}", path.display())))
}

fn no(why: impl std::fmt::Display) -> String {
    format!("no credentials for the bucket: {why}")
}

fn of_environment(get: impl Fn(&str) -> Option<String>) -> Result<Credentials, &'static str> {
    let get = |name| get(name).filter(|value: &String| !value.is_empty());
    match (get("AWS_ACCESS_KEY_ID"), get("AWS_SECRET_ACCESS_KEY")) {
        (Some(id), Some(secret)) => judged(Credentials { id, secret, token: get("AWS_SESSION_TOKEN") }),
        (None, None) => {
            Err("set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or name a file with credentials= in blobs")
        }
        _ => Err("AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY belong together, and one of them is not set"),
    }
}

/// Lines `name = value` as in Amazon's own files; of several sections, the one called `default`.
fn of_file(text: &str) -> Result<Credentials, &'static str> {
    let (mut id, mut secret, mut token, mut ours) = (None, None, None, true);
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with(['#', ';'])) {
        if let Some(section) = line.strip_prefix('[') {
            ours = section.trim_end_matches(']').trim() == "default";
            continue;
        }
        let (name, value) = line.split_once('=').ok_or("has a line that is not NAME = VALUE")?;
        let slot = match name.trim() {
            "aws_access_key_id" => &mut id,
            "aws_secret_access_key" => &mut secret,
            "aws_session_token" => &mut token,
            _ => continue,
        };
        if ours && !value.trim().is_empty() {
            *slot = Some(value.trim().to_owned());
        }
    }
    match (id, secret) {
        (Some(id), Some(secret)) => judged(Credentials { id, secret, token }),
        _ => Err("has to have aws_access_key_id and aws_secret_access_key"),
    }
}

/// They go into headers.
fn judged(found: Credentials) -> Result<Credentials, &'static str> {
    let plain = |text: &str| text.len() <= 4096 && text.bytes().all(|b| b.is_ascii_graphic());
    if plain(&found.id) && plain(&found.secret) && found.token.as_deref().is_none_or(plain) {
        Ok(found)
    } else {
        Err("holds something that is no key")
    }
}

#[cfg(test)]
mod tests {
    use super::{of_environment, of_file};
    use proptest::prelude::*;

    #[test]
    fn a_file_has_both_or_is_refused() {
        for (text, want) in [
            ("aws_access_key_id = AB\naws_secret_access_key = cd/+=\n", Ok(("AB", "cd/+=", None))),
            (
                "# ours\n[other]\naws_access_key_id=X\naws_secret_access_key=X\n[default]\naws_access_key_id=AB\naws_secret_access_key=cd\naws_session_token=t\nregion = x\n",
                Ok(("AB", "cd", Some("t"))),
            ),
            ("aws_access_key_id = AB", Err("has to have")),
            ("aws_access_key_id = AB\naws_secret_access_key =\n", Err("has to have")),
            ("[other]\naws_access_key_id=X\naws_secret_access_key=X", Err("has to have")),
            ("AB\ncd", Err("NAME = VALUE")),
            ("aws_access_key_id = A B\naws_secret_access_key = cd", Err("no key")),
        ] {
            match (of_file(text), want) {
                (Ok(got), Ok(want)) => assert_eq!((&*got.id, &*got.secret, got.token.as_deref()), want, "{text}"),
                (Err(why), Err(words)) => assert!(why.contains(words), "{text}: {why}"),
                (got, _) => panic!("{text}: {:?}", got.err()),
            }
        }
    }

    #[test]
    fn the_environment_has_both_or_none() {
        let half = of_environment(|name| (name == "AWS_ACCESS_KEY_ID").then(|| "AB".to_owned()));
        assert!(half.is_err_and(|why| why.contains("belong together")));
        assert!(of_environment(|_| None).is_err_and(|why| why.starts_with("set ")));
        assert!(of_environment(|_| Some("x".to_owned())).is_ok());
    }

    proptest! {
        #[test]
        fn no_file_breaks_it(text in "(aws_access_key_id|aws_secret_access_key|\\[default\\]|=|\n| |\\PC){0,40}") {
            let _ = of_file(&text);
        }
    }
}
