//! What must be on the machine before a step can run. Installs what can be installed without asking (the wasm
//! target, the npm packages; fonts, browsers and PostgreSQL on Debian as root or in CI), else says in one line what is missing.

use crate::run::{cmd, exists, ok, output, root};
use anyhow::{Context, Result, bail};
use std::path::Path;

/// Programs of the browser tests, with the Debian package of each.
const PROGRAMS: &[(&str, &str)] = &[
    // libFuzzer is C++.
    ("c++", "g++"),
    ("chromium", "chromium"),
    ("firefox-esr", "firefox-esr"),
    ("strace", "strace"),
];
/// Fonts, with the Debian package of each. Without them screenshots show boxes for letters, and the endpoint makes no PDF.
const FONTS: &[(&str, &str)] =
    &[("/usr/share/fonts/truetype/noto", "fonts-noto-core"), ("/usr/share/fonts/opentype/noto", "fonts-noto-cjk")];

/// What building needs: node, the npm packages, the wasm target.
pub fn for_building() -> Result<()> {
    wasm_target()?;
    npm_packages()
}

/// The wasm target of the toolchain that runs us.
fn wasm_target() -> Result<()> {
    let sysroot = output(&mut cmd("rustc", &["--print", "sysroot"]))?;
    if Path::new(sysroot.trim()).join("lib/rustlib/wasm32-unknown-unknown/lib").is_dir() {
        return Ok(());
    }
    if !exists("rustup") {
        bail!("this Rust has no target wasm32-unknown-unknown, and there is no rustup to add it; install the target");
    }
    ok(&mut cmd("rustup", &["target", "add", "wasm32-unknown-unknown"]))
}

/// The npm packages as the lock file has them.
fn npm_packages() -> Result<()> {
    if !exists("npm") {
        bail!("node 20 or newer with npm is needed; install it from your system's packages");
    }
    let lock = root().join("package-lock.json");
    let installed = root().join("node_modules/.package-lock.json");
    let locked_at = lock.metadata().and_then(|m| m.modified()).context("package-lock.json is missing")?;
    let fresh = installed.metadata().and_then(|m| m.modified()).is_ok_and(|at| at >= locked_at);
    if fresh {
        return Ok(());
    }
    // No package of ours needs an install script; none runs.
    ok(&mut cmd("npm", &["ci", "--ignore-scripts", "--no-audit", "--no-fund"]))?;
    // npm keeps the file's old time where nothing changed; the next run must see it as fresh.
    std::fs::File::options().append(true).open(&installed)?.set_modified(std::time::SystemTime::now())?;
    Ok(())
}

/// What the browser tests need on top.
pub fn for_browsers() -> Result<()> {
    let missing: Vec<&str> = PROGRAMS.iter().filter(|(p, _)| !exists(p)).map(|(_, package)| *package).collect();
    if !missing.is_empty() {
        install(&missing, "the browser tests")?;
    }
    for_pdfs()
}

/// What the tests of PDFs, and the pages in screenshots, are set with.
pub fn for_pdfs() -> Result<()> {
    if !Path::new("/etc/debian_version").is_file() {
        return Ok(());
    }
    let missing: Vec<&str> =
        FONTS.iter().filter(|(f, _)| !Path::new(f).is_dir()).map(|(_, package)| *package).collect();
    if missing.is_empty() {
        return Ok(());
    }
    install(&missing, "the tests of PDFs")
}

/// What the endpoint's tests on PostgreSQL need on top. They start a server of their own.
pub fn for_postgres() -> Result<()> {
    // Debian keeps the server's programs out of the path, in a folder that the client alone has, too.
    let debians = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    if exists("initdb") || debians.into_iter().any(|version| version.path().join("bin/initdb").is_file()) {
        return Ok(());
    }
    install(&["postgresql"], "the tests on PostgreSQL")
}

/// Installs packages of Debian, where that may be done without asking.
fn install(missing: &[&str], whom: &str) -> Result<()> {
    let is_root = output(&mut cmd("id", &["-u"])).is_ok_and(|id| id.trim() == "0");
    let in_ci = std::env::var("CI").is_ok_and(|ci| ci == "true");
    let debian = exists("apt-get");
    if !debian || !(is_root || in_ci) {
        bail!("{whom} need {}; install them, or leave these tests out with --quick", missing.join(", "));
    }
    let apt = |args: &[&str]| {
        let mut command = if is_root {
            cmd("apt-get", args)
        } else {
            let mut command = cmd("sudo", &["-n", "apt-get"]);
            command.args(args);
            command
        };
        ok(command.env("DEBIAN_FRONTEND", "noninteractive"))
    };
    apt(&["update", "-q"])?;
    let mut install = vec!["install", "-y", "-q", "--no-install-recommends"];
    install.extend(missing);
    apt(&install)
}
