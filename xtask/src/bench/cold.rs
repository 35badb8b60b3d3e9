//! The ways to carry a matcher, one module each, and the built extension, beside a bare one.

use crate::dist::wasm::wasm_cargo;
use crate::run::{cargo, cmd, npm_tool, ok, output, root, target};
use crate::setup;
use anyhow::{Context, Result, bail};
use serde_json::{Value, json};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;
use wasm_bindgen_cli_support::Bindgen;

/// Kills of each background.
const ROUNDS: u32 = 15;
/// The module's name for `tests/bench/extensions.mjs`.
const MODULE: &str = "coldbench";

/// A way to carry the matcher.
struct Way {
    /// In the table.
    name: &'static str,
    /// Features of the crate.
    features: &'static str,
    /// What the build makes ready: the file of the build script that goes in, where there is one.
    input: Option<(&'static str, &'static str)>,
}

const PACK: (&str, &str) = ("spotter-pack", "lexicon.pack");
const AUTOMATON: (&str, &str) = ("spotter-coldbench", "automaton.bin");
const PATTERNS: (&str, &str) = ("spotter-coldbench", "patterns.txt");

/// The lexicon of today in the real detector, then synthetic patterns for breadth.
const WAYS: &[Way] = &[
    Way { name: "real-tables", features: "daachorse,real", input: None },
    Way { name: "real-built", features: "building,real", input: None },
    Way { name: "real-tables-kept", features: "daachorse,snapshot,real", input: Some(PACK) },
    Way { name: "real-aho-kept", features: "building,snapshot,real", input: Some(PACK) },
    Way { name: "real-tables-evaluated", features: "daachorse,evaluated,real", input: None },
    Way { name: "5k-daachorse", features: "daachorse,wide5k", input: None },
    Way { name: "5k-built", features: "building,wide5k", input: None },
    Way { name: "5k-daachorse-kept", features: "daachorse,snapshot,wide5k", input: Some(AUTOMATON) },
    Way { name: "5k-aho-kept", features: "building,snapshot,wide5k", input: Some(PATTERNS) },
    Way { name: "5k-aho-evaluated", features: "building,evaluated,wide5k", input: None },
    Way { name: "30k-daachorse", features: "daachorse,wide30k", input: None },
    Way { name: "30k-built", features: "building,wide30k", input: None },
    Way { name: "30k-daachorse-kept", features: "daachorse,snapshot,wide30k", input: Some(AUTOMATON) },
    Way { name: "30k-aho-kept", features: "building,snapshot,wide30k", input: Some(PATTERNS) },
    Way { name: "30k-aho-evaluated", features: "building,evaluated,wide30k", input: None },
];

/// What is asked for: `[--shipped] [--words N] [--only PART] [--rounds N] [--browser NAME]`.
struct Asked {
    shipped_only: bool,
    /// The built extension a second time, with so many words of a programme laid over its own.
    words: Option<u32>,
    /// Only ways whose name holds this.
    only: String,
    rounds: u32,
    browsers: Vec<&'static str>,
}

fn asked(mut args: &[&str]) -> Result<Asked> {
    let mut asked = Asked {
        shipped_only: false,
        words: None,
        only: String::new(),
        rounds: ROUNDS,
        browsers: vec!["chromium", "firefox"],
    };
    loop {
        match args {
            [] => return Ok(asked),
            ["--shipped", rest @ ..] => {
                asked.shipped_only = true;
                args = rest;
            }
            ["--words", n, rest @ ..] => {
                let count = n.parse().ok().filter(|n| (1..=5000).contains(n));
                asked.words = Some(count.context("--words takes 1 to 5000")?);
                args = rest;
            }
            ["--only", part, rest @ ..] => {
                asked.only = (*part).to_owned();
                args = rest;
            }
            ["--rounds", n, rest @ ..] => {
                asked.rounds = n.parse().ok().filter(|n| (1..=1000).contains(n)).context("--rounds takes 1 to 1000")?;
                args = rest;
            }
            ["--browser", name, rest @ ..] => {
                asked.browsers.retain(|b| b == name);
                args = rest;
            }
            [other, ..] => bail!("bench --cold knows no `{other}`"),
        }
        if asked.browsers.is_empty() {
            bail!("--browser takes chromium or firefox");
        }
    }
}

/// Builds everything that is measured, then measures it.
pub fn run(args: &[&str]) -> Result<ExitCode> {
    let asked = asked(args)?;
    setup::for_building()?;
    setup::for_browsers()?;
    let out = target().join("bench/cold");
    fs::create_dir_all(&out)?;
    let dist = root().join("dist");
    let mut subjects = vec![
        json!({ "name": "bare" }),
        json!({ "name": "shipped", "shipped": { "chromium": dist.join("chrome"), "firefox": dist.join("firefox") } }),
    ];
    if let Some(words) = asked.words {
        ok(&mut cargo(&[
            "build",
            "--quiet",
            "--locked",
            "--bins",
            "--package=spotter-cli",
            "--package=spotter-server",
        ]))?;
        let mut more = subjects[1].clone();
        more["name"] = json!("shipped-words");
        more["words"] = json!(words);
        subjects.push(more);
    }
    if !asked.shipped_only {
        for way in WAYS.iter().filter(|way| way.name.contains(&asked.only)) {
            subjects.push(prepare(way, &out)?);
        }
    } else if !dist.join("chrome").is_dir() {
        bail!("there is no dist/chrome; run `cargo xtask dist` first");
    }
    let plan = json!({ "out": out, "rounds": asked.rounds, "browsers": asked.browsers, "subjects": subjects });
    let file = out.join("plan.json");
    fs::write(&file, serde_json::to_vec_pretty(&plan)?)?;
    let mut node = cmd("node", &["tests/bench/cold.mjs"]);
    ok(node.arg(&file))?;
    Ok(ExitCode::SUCCESS)
}

/// Builds one module. Its build time is that of what makes the matcher ready, not of the compiler.
fn prepare(way: &Way, out: &Path) -> Result<Value> {
    let dir = out.join("modules").join(way.name);
    fs::create_dir_all(&dir)?;
    let messages = output(&mut wasm_cargo(&[
        "build",
        "--locked",
        "--quiet",
        "--message-format=json",
        "--profile=wasm",
        "--target=wasm32-unknown-unknown",
        "--package=spotter-coldbench",
        "--features",
        way.features,
    ]))?;
    let built = artefact(&messages)?;
    Bindgen::new()
        .input_path(built)
        .out_name(MODULE)
        .typescript(false)
        .remove_name_section(true)
        .remove_producers_section(true)
        .web(true)?
        .generate(&dir)?;
    let wasm = dir.join(format!("{MODULE}_bg.wasm"));
    let mut build_ms = None;
    if let Some((package, file)) = way.input {
        let input = out_dir(&messages, package)?.join(file);
        let start = Instant::now();
        // An automaton may be too large to be made ready: that is a figure too.
        if let Err(error) = crate::dist::prebuild(&wasm, &fs::read(input)?) {
            return Ok(json!({ "name": way.name, "failed": format!("cannot be prepared: {}", error.root_cause()) }));
        }
        build_ms = Some(start.elapsed().as_millis());
    }
    if way.features.contains("evaluated") {
        let start = Instant::now();
        if let Err(error) = evaluate(&wasm) {
            return Ok(json!({ "name": way.name, "failed": format!("{error:#}") }));
        }
        build_ms = Some(start.elapsed().as_millis());
    }
    let path = wasm.to_str().context("the target folder's name is not UTF-8")?;
    ok(&mut npm_tool(
        "wasm-opt",
        &[&["-O3", "--skip-pass=memory-packing", path, "-o", path], crate::dist::WASM_FEATURES].concat(),
    ))?;
    Ok(json!({ "name": way.name, "wasm": dir, "wide": !way.features.contains("real"), "build_ms": build_ms }))
}

/// Runs `prebuild` at build time by binaryen's `wasm-ctor-eval`. It stops without an error at what it does not know.
fn evaluate(wasm: &Path) -> Result<()> {
    let path = wasm.to_str().context("the target folder's name is not UTF-8")?;
    let said = output(&mut npm_tool(
        "wasm-ctor-eval",
        &[&["-c", "prebuild", path, "-o", path], crate::dist::WASM_FEATURES].concat(),
    ))?;
    if let Some(line) = said.lines().find(|line| line.contains("stopping") || line.contains("could not")) {
        bail!("was not evaluated: {}", line.trim().trim_start_matches("...").trim());
    }
    Ok(())
}

/// The module among cargo's messages.
fn artefact(messages: &str) -> Result<PathBuf> {
    messages
        .lines()
        .rev()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok())
        .flat_map(|message| message["filenames"].as_array().cloned().unwrap_or_default())
        .filter_map(|file| file.as_str().map(PathBuf::from))
        .find(|file| file.file_name().is_some_and(|name| name == "spotter_coldbench.wasm"))
        .context("cargo names no spotter_coldbench.wasm")
}

/// Where the build script of a package wrote.
fn out_dir(messages: &str, package: &str) -> Result<PathBuf> {
    messages
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok())
        .filter(|m| m["reason"] == "build-script-executed")
        .filter(|m| m["package_id"].as_str().is_some_and(|id| id.contains(&format!("#{package}@"))))
        .find_map(|m| m["out_dir"].as_str().map(PathBuf::from))
        .with_context(|| format!("cargo names no build folder of {package}"))
}
