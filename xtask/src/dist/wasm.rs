//! The Rust parts of the extension: compiled, bound to JavaScript, made smaller.

use super::{kib, places};
use crate::run::{cargo, npm_tool, ok, target};
use anyhow::{Context, Result, bail};
use sha2::{Digest, Sha256};
use spotter_snapshot::{Plan, snapshot};
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
    /// What its `prebuild` is given at build time; its memory then ships as it stands.
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
    let mut args = vec!["build", "--locked", "--profile", "wasm", "--target", "wasm32-unknown-unknown"];
    for source in CRATES {
        args.extend(["-p", source.package]);
    }
    ok(&mut wasm_cargo(&args))?;
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
        // A new snapshotter is a new xtask.
        .chain_update(fs::read(std::env::current_exe()?)?);
    let stamp = format!("{:x}", stamp.finalize());
    let out = target().join("xtask").join(name);
    let stamped = out.join("stamp");
    if fs::read_to_string(&stamped).ok().as_ref() != Some(&stamp) {
        super::remove(&out)?;
        fs::create_dir_all(&out)?;
        bind(&built, &out)?;
        if let Some(input) = prebuilt_from {
            prebuild(&out.join(format!("{name}_bg.wasm")), input)?;
        }
        optimise(&out.join(format!("{name}_bg.wasm")), source.level)?;
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
    let (after, before) = (size(&format!("{name}_bg.wasm")), fs::read_to_string(out.join("size.before"))?);
    let note = format!("{name}: {} wasm ({} before wasm-opt)", kib(after), kib(before.trim().parse()?));
    Ok(Part { folder, files, note })
}

/// wasm-bindgen, from the same release as the crate that the extension links.
fn bind(wasm: &Path, out: &Path) -> Result<()> {
    let mut bindgen = Bindgen::new();
    bindgen
        .input_path(wasm)
        .typescript(false)
        .remove_name_section(true)
        .remove_producers_section(true)
        .omit_default_module_path(true)
        .web(true)?;
    bindgen.generate(out)
}

/// Runs `prebuild` in the module and keeps the memory, so that a background that wakes up builds nothing.
pub fn prebuild(wasm: &Path, input: &[u8]) -> Result<()> {
    let (kept, _) = snapshot(&fs::read(wasm)?, Plan { prepare: "prebuild", input, sweep: "sweep" })
        .with_context(|| format!("{} cannot be prepared", wasm.display()))?;
    Ok(fs::write(wasm, kept)?)
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
