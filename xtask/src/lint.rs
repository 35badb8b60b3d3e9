//! Everything that can be said of the project without running it.

use crate::run::{cargo, npm_tool, ok, output, root};
use crate::table::{Counts, Table};
use crate::{dist, setup};
use anyhow::{Context, Result, bail};
use std::path::Path;
use std::process::ExitCode;

/// Crates that are compiled for the browsers.
const WASM_CRATES: [&str; 2] = ["spotter-background", "spotter-pages"];

/// `cargo xtask lint`.
pub fn run() -> Result<ExitCode> {
    setup::for_building()?;
    let mut table = Table::default();
    rust(&mut table);
    if table.run("build of the extension", || dist::build(dist::Packing::Quick).map(|_| Counts::one(true))) {
        scripts(&mut table);
    }
    Ok(if table.finish() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Formatting and clippy, natively and for the browsers.
pub fn rust(table: &mut Table) {
    table.run("rustfmt", || whole(ok(&mut cargo(&["fmt", "--all", "--check"]))));
    table.run("clippy", || {
        whole(ok(&mut cargo(&[
            "clippy",
            "--quiet",
            "--locked",
            "--workspace",
            "--all-targets",
            "--",
            "-D",
            "warnings",
        ])))
    });
    table.run("clippy for wasm", || {
        let mut args = vec!["clippy", "--quiet", "--locked", "--target", "wasm32-unknown-unknown"];
        for name in WASM_CRATES {
            args.extend(["-p", name]);
        }
        args.extend(["--", "-D", "warnings"]);
        whole(ok(&mut cargo(&args)))
    });
}

/// TypeScript, scripts, and what was built: needs `dist`.
pub fn scripts(table: &mut Table) {
    table.run("tsc", || whole(ok(&mut npm_tool("tsc", &["--project", "tsconfig.json"]))));
    table.run("eslint", || whole(ok(&mut npm_tool("eslint", &["--max-warnings", "0", "."]))));
    table.run("browser compatibility", || whole(ok(&mut crate::run::cmd("node", &["xtask/js/compat.mjs"]))));
    table.run("web-ext lint", || web_ext(&root().join("dist/firefox")).map(|()| Counts::one(true)));
}

fn whole(result: Result<()>) -> Result<Counts> {
    result.map(|()| Counts::one(true))
}

/// Mozilla's own linter on the Firefox build, a folder or an archive: no error, no warning, no notice.
pub fn web_ext(source: &Path) -> Result<()> {
    let source = source.to_str().context("the path of dist is not UTF-8")?;
    let mut command = npm_tool("web-ext", &["lint", "--output", "json", "--source-dir", source]);
    // It exits with 1 on errors; the report says more.
    let out = command.env("NO_UPDATE_NOTIFIER", "1").output().context("could not start web-ext")?;
    let report: serde_json::Value = serde_json::from_slice(&out.stdout)
        .with_context(|| format!("web-ext lint gave no report: {}", String::from_utf8_lossy(&out.stderr)))?;
    let count = |kind: &str| report["summary"][kind].as_u64().with_context(|| format!("no count of {kind}"));
    let (errors, warnings, notices) = (count("errors")?, count("warnings")?, count("notices")?);
    println!("web-ext lint: {errors} errors, {warnings} warnings, {notices} notices");
    if errors + warnings + notices > 0 {
        for kind in ["errors", "warnings", "notices"] {
            for m in report[kind].as_array().into_iter().flatten() {
                println!("{} {}:{} {}: {}", m["code"], m["file"], m["line"], m["message"], m["description"]);
            }
        }
        bail!("web-ext lint is not clean");
    }
    Ok(())
}

/// `spotter lexicon check`, by the binary that the workspace's build made.
pub fn lexicon() -> Result<()> {
    let spotter = crate::run::target().join("debug/spotter");
    print!("{}", output(&mut crate::run::cmd(spotter, &["lexicon", "check"]))?);
    Ok(())
}
