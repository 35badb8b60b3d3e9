//! The archive of sources for whoever rebuilds a release: what is committed, nothing that lies about.

use crate::dist::archive::{Entry, write_entries};
use crate::run::{cmd, ok, output, root, show};
use anyhow::{Context, Result, bail};
use std::io::Write;
use std::path::Path;
use std::process::Stdio;

/// Whether this is a checkout; the archive of sources itself is none.
pub fn is_checkout() -> bool {
    root().join(".git").exists()
}

/// Fails where something is not committed: nobody could rebuild it.
pub fn insist_on_clean() -> Result<()> {
    let changed = output(&mut cmd("git", &["status", "--porcelain"]))?;
    if let Some(first) = changed.lines().next() {
        bail!("{} files are not as committed (first: {})", changed.lines().count(), first.get(3..).unwrap_or(first));
    }
    Ok(())
}

/// Writes the archive of the commit that is checked out, below a folder named `top`.
pub fn write(top: &str, archive: &Path) -> Result<()> {
    ok(cmd("git", &["rev-parse", "--quiet", "--verify", "HEAD^{commit}"]).stdout(Stdio::null()))?;
    let listed = output(&mut cmd("git", &["ls-tree", "-r", "-z", "--full-tree", "HEAD"]))?;
    let mut files = Vec::new();
    for line in listed.split_terminator('\0') {
        let (about, path) = line.split_once('\t').context("git ls-tree lists a file without a path")?;
        let [mode, "blob", hash] = about.split(' ').collect::<Vec<_>>()[..] else {
            bail!("{path} is no plain file");
        };
        let program = match mode {
            "100644" => false,
            "100755" => true,
            _ => bail!("{path} is no plain file"),
        };
        files.push((path, hash, program));
    }
    let contents = contents(&files.iter().map(|f| f.1).collect::<Vec<_>>())?;
    let mut entries: Vec<Entry> = files
        .iter()
        .zip(contents)
        .map(|((path, _, program), bytes)| Entry { name: format!("{top}/{path}"), bytes, program: *program })
        .collect();
    write_entries(&mut entries, archive)
}

/// The contents of git's objects, asked of one process.
fn contents(hashes: &[&str]) -> Result<Vec<Vec<u8>>> {
    let mut command = cmd("git", &["cat-file", "--batch"]);
    let shown = show(&command);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().with_context(|| shown.clone())?;
    let mut questions = child.stdin.take().context("git takes no questions")?;
    let asked = hashes.join("\n") + "\n";
    // Beside us: whoever asks everything before reading an answer waits for ever once the pipe is full.
    let asking = std::thread::spawn(move || questions.write_all(asked.as_bytes()));
    let out = child.wait_with_output()?;
    asking.join().map_err(|_| anyhow::anyhow!("`{shown}` was not asked"))??;
    let mut rest = out.stdout.as_slice();
    let mut all = Vec::new();
    for hash in hashes {
        let end = rest.iter().position(|&b| b == b'\n').with_context(|| format!("git does not know {hash}"))?;
        let head = std::str::from_utf8(&rest[..end])?;
        let size: usize = head.strip_prefix(&format!("{hash} blob ")).context(head.to_owned())?.parse()?;
        let body = rest.get(end + 1..end + 1 + size).with_context(|| format!("git cut {hash} off"))?;
        all.push(body.to_vec());
        rest = rest.get(end + size + 2..).with_context(|| format!("git cut {hash} off"))?;
    }
    Ok(all)
}

#[cfg(test)]
mod tests {
    use super::{is_checkout, write};
    use std::io::Read;

    #[test]
    fn what_is_committed_is_packed_twice_alike() {
        if !is_checkout() {
            return;
        }
        let dir = tempfile::tempdir().unwrap();
        let pack = |name: &str| {
            let path = dir.path().join(name);
            write("top", &path).unwrap();
            std::fs::read(path).unwrap()
        };
        let one = pack("one.zip");
        assert_eq!(one, pack("two.zip"));
        let mut zip = zip::ZipArchive::new(std::io::Cursor::new(one)).unwrap();
        let mut lock = String::new();
        zip.by_name("top/Cargo.lock").unwrap().read_to_string(&mut lock).unwrap();
        assert!(lock.contains("name = \"spotter-detector\""));
        assert_eq!(zip.by_name("top/.ci/run").unwrap().unix_mode().map(|m| m & 0o777), Some(0o755));
        let names: Vec<String> = zip.file_names().map(|n| n.unwrap().into_owned()).collect();
        assert!(!names.iter().any(|n| n.contains("node_modules/") || n.starts_with("top/dist/")));
    }
}
