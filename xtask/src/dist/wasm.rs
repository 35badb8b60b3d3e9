//! The Rust parts of the extension: compiled, bound to JavaScript, made smaller.

use super::{kib, places};
use crate::run::{cargo, cmd, npm_tool, ok, output, root, target};
use anyhow::{Context, Result, bail};
use sha2::{Digest, Sha256};
use spotter_snapshot::{Apart, Plan, snapshot, snapshot_apart, split, watched};
use std::fs;
use std::path::Path;
use std::process::Command;
use wasm_bindgen_cli_support::Bindgen;

/// One part, ready to be copied.
pub struct Part {
    /// Folder in the package.
    pub folder: &'static str,
    /// Names and bytes.
    pub files: Vec<(String, Vec<u8>)>,
    /// A line about its size.
    pub note: String,
}

/// A crate that becomes a part.
struct Source {
    package: &'static str,
    name: &'static str,
    folder: &'static str,
    /// What its `prebuild` is given at build time; its memory then ships as it stands, in a file beside the module.
    prebuilt_from: Option<&'static [u8]>,
    /// How wasm-opt weighs speed against size: nothing of a page is hot.
    level: &'static str,
}

const CRATES: &[Source] = &[
    Source {
        package: "spotter-background",
        name: "spotter_background",
        folder: "background",
        prebuilt_from: Some(spotter_pack::PACK),
        level: "-O3",
    },
    Source { package: "spotter-pages", name: "spotter_pages", folder: "pages", prebuilt_from: None, level: "-Os" },
];

/// What both browsers' minimum understands; wasm-opt must know that it may use them.
pub const FEATURES: &[&str] = &[
    "--enable-bulk-memory",
    "--enable-bulk-memory-opt",
    "--enable-mutable-globals",
    "--enable-sign-ext",
    "--enable-nontrapping-float-to-int",
    "--enable-reference-types",
    "--enable-multivalue",
    "--enable-simd",
];

/// What tries the divided module, and what that is tried with.
const REHEARSE: [&str; 4] =
    ["xtask/js/rehearse.mjs", "xtask/js/listings.mjs", "extension/content/src/marketplaces.json", "tests/corpus"];

/// A digest of [`REHEARSE`].
fn rehearsal() -> Result<[u8; 32]> {
    let mut digest = Sha256::new();
    for place in REHEARSE {
        let place = root().join(place);
        let files = if place.is_dir() { super::files_below(&place)? } else { vec![(place, 0)] };
        for (path, _) in files {
            digest.update(fs::read(path)?);
        }
    }
    Ok(digest.finalize().into())
}

/// The crates that become modules.
pub fn packages() -> impl Iterator<Item = &'static str> {
    CRATES.iter().map(|source| source.package)
}

/// Cargo for modules that ship: where this machine keeps its sources is nobody's business and would make the
/// bytes differ from one machine to the next.
pub fn wasm_cargo(args: &[&str]) -> Command {
    let flags: Vec<String> =
        places::all().iter().map(|(here, there)| format!("--remap-path-prefix={here}={there}")).collect();
    let mut command = cargo(args);
    // Separated by a character that no path holds, unlike the spaces of RUSTFLAGS.
    command.env("CARGO_ENCODED_RUSTFLAGS", flags.join("\u{1f}"));
    command
}

/// Builds both crates.
pub fn build() -> Result<Vec<Part>> {
    // One by one: built together, each would have what only the other asks of a library.
    for source in CRATES {
        let profile = ["build", "--locked", "--profile", "wasm", "--target", "wasm32-unknown-unknown"];
        ok(&mut wasm_cargo(&[&profile[..], &["-p", source.package]].concat()))?;
    }
    // wasm-opt takes one processor, and most of the time.
    std::thread::scope(|scope| {
        let parts: Vec<_> = CRATES.iter().map(|source| scope.spawn(|| part(source))).collect();
        parts.into_iter().map(|part| part.join().unwrap_or_else(|_| bail!("a module could not be made"))).collect()
    })
}

fn part(source: &Source) -> Result<Part> {
    let Source { name, folder, prebuilt_from, .. } = *source;
    let built = target().join("wasm32-unknown-unknown/wasm").join(format!("{name}.wasm"));
    let bytes = fs::read(&built).with_context(|| format!("{name} gave no wasm: is it a cdylib?"))?;
    let stamp = Sha256::new()
        .chain_update(&bytes)
        .chain_update(FEATURES.concat())
        .chain_update(prebuilt_from.unwrap_or_default())
        .chain_update(rehearsal()?)
        // A new snapshotter is a new xtask.
        .chain_update(fs::read(std::env::current_exe()?)?);
    let stamp = format!("{:x}", stamp.finalize());
    let out = target().join("xtask").join(name);
    let stamped = out.join("stamp");
    if fs::read_to_string(&stamped).ok().as_ref() != Some(&stamp) {
        super::remove(&out)?;
        fs::create_dir_all(&out)?;
        bind(&built, &out, prebuilt_from.is_some())?;
        if let Some(input) = prebuilt_from {
            prebuild_apart(&out, name, input)?;
        }
        optimise(&out.join(format!("{name}_bg.wasm")), source.level)?;
        if prebuilt_from.is_some() {
            divide(&out, name)?;
        }
        fs::write(&stamped, &stamp)?;
    }
    let mut files = Vec::new();
    for (path, _) in super::files_below(&out)? {
        let file = path.strip_prefix(&out)?.to_string_lossy().into_owned();
        if file != "stamp" && !file.ends_with(".before") {
            files.push((file, fs::read(&path)?));
        }
    }
    let size = |file: &str| fs::metadata(out.join(file)).map(|m| m.len()).unwrap_or(0);
    let after = size(&format!("{name}_bg.wasm")) + size(&format!("{name}_rest.wasm"));
    let before = fs::read_to_string(out.join("size.before"))?;
    let note = format!("{name}: {} wasm ({} before wasm-opt)", kib(after), kib(before.trim().parse()?));
    Ok(Part { folder, files, note })
}

/// wasm-bindgen, from the same release as the crate that the extension links. `again` keeps what makes a new instance in place
/// of one that trapped.
fn bind(wasm: &Path, out: &Path, again: bool) -> Result<()> {
    let mut bindgen = Bindgen::new();
    bindgen
        .input_path(wasm)
        .typescript(false)
        .remove_name_section(true)
        .remove_producers_section(true)
        .omit_default_module_path(true)
        .reset_state_function(again)
        .web(true)?;
    bindgen.generate(out)
}

fn plan(input: &[u8]) -> Plan<'_> {
    Plan { prepare: "prebuild", input, sweep: "sweep", others: "others" }
}

/// Runs `prebuild` in the module and keeps the memory, so that a background that wakes up builds nothing.
pub fn prebuild(wasm: &Path, input: &[u8]) -> Result<()> {
    let (kept, _) =
        snapshot(&fs::read(wasm)?, plan(input)).with_context(|| format!("{} cannot be prepared", wasm.display()))?;
    Ok(fs::write(wasm, kept)?)
}

/// The same, with the memory in files of its own: read while the module is compiled, and not compiled themselves.
fn prebuild_apart(out: &Path, name: &str, input: &[u8]) -> Result<()> {
    let wasm = out.join(format!("{name}_bg.wasm"));
    let Apart { module, memory, others } = snapshot_apart(&fs::read(&wasm)?, plan(input))
        .with_context(|| format!("{} cannot be prepared", wasm.display()))?;
    fs::write(out.join(format!("{name}_memory.bin")), memory)?;
    fs::write(out.join(format!("{name}_others.bin")), others)?;
    Ok(fs::write(wasm, module)?)
}

/// Leaves in a module what an assessment runs, by trying it with the corpus; the rest is read behind the first answer. Beside them
/// stays, for tests, a first half without half of that: `background.js` must come to the same answer with it.
fn divide(out: &Path, name: &str) -> Result<()> {
    let file = |kind: &str| out.join(format!("{name}{kind}"));
    let (module, watched_module) = (file("_bg.wasm"), out.join("watched.before"));
    let whole = fs::read(&module)?;
    let divided = || format!("{} cannot be divided", module.display());
    fs::write(&watched_module, watched(&whole).with_context(divided)?)?;
    let rehearse = root().join(REHEARSE[0]);
    let said = output(cmd("node", &[]).args([
        rehearse,
        file(".js"),
        watched_module.clone(),
        file("_memory.bin"),
        file("_others.bin"),
    ]))?;
    fs::remove_file(watched_module)?;
    let ran: Vec<usize> = serde_json::from_str(&said).with_context(|| format!("{} tells no functions", REHEARSE[0]))?;
    let (first, second) = split(&whole, &ran).with_context(divided)?;
    fs::write(&module, first)?;
    fs::write(file("_rest.wasm"), second)?;
    let (first, second) = split(&whole, &ran[..ran.len() / 2]).with_context(divided)?;
    fs::write(out.join("starved_bg.wasm.before"), first)?;
    fs::write(out.join("starved_rest.wasm.before"), second)?;
    Ok(())
}

/// wasm-opt, for size over the wire and a little speed.
fn optimise(wasm: &Path, level: &str) -> Result<()> {
    let before = fs::metadata(wasm)?.len();
    fs::write(wasm.with_file_name("size.before"), before.to_string())?;
    let path = wasm.to_str().context("the target folder's name is not UTF-8")?;
    // Packing memory would cut the data at every few zeros: thousands of segments, each to be read at wake-up.
    let mut args = vec![level, "--skip-pass=memory-packing", path, "-o", path];
    args.extend(FEATURES);
    ok(&mut npm_tool("wasm-opt", &args))?;
    let after = fs::metadata(wasm)?.len();
    if after == 0 || after > before + before / 10 {
        bail!("wasm-opt made {} larger: {before} -> {after} bytes", wasm.display());
    }
    Ok(())
}
