//! Builds a release once more, as somebody else would: another path (with a space), home, crate cache, user, time zone,
//! language and file mask, from a fresh clone. Every hash must be the same.

use super::sums_of;
use crate::run::{cmd, ok, root};
use anyhow::{Context, Result, bail};
use std::collections::BTreeSet;
use std::ffi::OsString;
use std::fs;
use std::path::PathBuf;
use std::process::ExitCode;

/// Where the second build takes place; by default a temporary folder, removed at the end.
const VARIABLE: &str = "SPOTTER_VERIFY_FOLDER";
/// What of this machine the second build must know: how to reach programs and registries, how many processors to take.
const PASSED_ON: [&str; 9] = [
    "PATH",
    "RUSTUP_TOOLCHAIN",
    "CARGO_BUILD_JOBS",
    "http_proxy",
    "https_proxy",
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "NO_PROXY",
    "SSL_CERT_FILE",
];
/// Another user, without needing one: a user namespace in which we have this number.
const OTHER_USER: [&str; 5] = ["unshare", "--user", "--map-user=4711", "--map-group=4711", "--"];

/// Compares with `first`, the hashes of this checkout's build.
pub fn run(first: &str, unofficial: bool) -> Result<ExitCode> {
    let temporary = tempfile::Builder::new().prefix("spotter verify ").tempdir()?;
    let folder = std::env::var_os(VARIABLE).map_or_else(|| temporary.path().to_owned(), PathBuf::from);
    let (place, home) = (folder.join("another place/wildlife spotter"), folder.join("another home"));
    fs::create_dir_all(&home)?;
    ok(cmd("git", &["clone", "--quiet", "--no-hardlinks"]).arg(root()).arg(&place))?;
    let other_user = ok(&mut cmd(OTHER_USER[0], &[&OTHER_USER[1..], &["true"]].concat())).is_ok();
    let mut line = if other_user { OTHER_USER.to_vec() } else { vec![] };
    line.extend(["sh", "-c", "umask 077; id -u; exec \"$@\"", "sh", "cargo", "xtask", "package"]);
    if unofficial {
        line.push("--unofficial");
    }
    let mut command = cmd(line[0], &line[1..]);
    command.current_dir(&place).env_clear();
    for name in PASSED_ON {
        if let Some(value) = std::env::var_os(name) {
            command.env(name, value);
        }
    }
    let rustup = std::env::var_os("RUSTUP_HOME")
        .or_else(|| std::env::home_dir().map(|home| home.join(".rustup").into_os_string()))
        .unwrap_or_else(|| OsString::from(".rustup"));
    command.env("RUSTUP_HOME", rustup).env("HOME", &home).env("USER", "somebody").env("LOGNAME", "somebody");
    command.env("TZ", "Asia/Kathmandu").env("LANG", "tr_TR.UTF-8").env("LC_ALL", "tr_TR.UTF-8");
    println!("once more: {}", place.display());
    ok(&mut command)?;
    let second = fs::read_to_string(sums_of(&place)).context("the second build left no hashes")?;
    if !other_user {
        println!("the second build had the same user: this machine allows no other");
    }
    compare(first, &second)?;
    println!("{} files built twice, the same bytes:\n{first}", first.lines().count());
    Ok(ExitCode::SUCCESS)
}

/// Fails with every line that only one of the two has.
fn compare(first: &str, second: &str) -> Result<()> {
    let (first, second): (BTreeSet<&str>, BTreeSet<&str>) = (first.lines().collect(), second.lines().collect());
    let differ: Vec<&str> = first.symmetric_difference(&second).copied().collect();
    if !differ.is_empty() || first.is_empty() {
        bail!("the two builds differ:\n{}", differ.join("\n"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::compare;

    #[test]
    fn a_file_that_differs_or_is_missing_is_named() {
        compare("1  a\n2  b\n", "1  a\n2  b\n").unwrap();
        let error = compare("1  a\n2  b\n", "1  a\n3  b\n").unwrap_err().to_string();
        assert!(error.contains("2  b") && error.contains("3  b") && !error.contains("1  a"));
        assert!(compare("1  a\n", "").unwrap_err().to_string().contains("1  a"));
        assert!(compare("", "").is_err(), "nothing was built");
    }
}
