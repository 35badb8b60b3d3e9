//! Where this machine keeps things: what the compiler is told to write instead, and the search for what it wrote all
//! the same.
//!
//! Owns: the list of folders. Never: touches a file.

use crate::run::{cmd, output, root, target};
use anyhow::{Result, bail};
use memchr::memmem;
use std::fs;
use std::path::{Path, PathBuf};

/// Folders of this machine and what stands for each in a module. Of several that hold a path the compiler takes the last.
pub fn all() -> Vec<(String, String)> {
    let mut places = Vec::new();
    let mut add = |here: PathBuf, there: &str| places.push((here.display().to_string(), there.to_owned()));
    if let Some(home) = cargo_home() {
        // The folder of a registry is named after its address.
        let registries = fs::read_dir(home.join("registry/src")).into_iter().flatten().flatten();
        let mut registries: Vec<PathBuf> = registries.map(|entry| entry.path()).collect();
        registries.sort();
        add(home, "/cargo");
        for registry in registries {
            add(registry, "/cargo/registry");
        }
    }
    if let Ok(sysroot) = output(&mut cmd("rustc", &["--print", "sysroot"])) {
        // Only where the library's sources are installed does the compiler know them by this path.
        add(Path::new(sysroot.trim()).join("lib/rustlib/src/rust"), "/rustc/std");
    }
    add(root(), "/spotter");
    add(target(), "/spotter/target");
    places
}

fn cargo_home() -> Option<PathBuf> {
    std::env::var_os("CARGO_HOME").map(PathBuf::from).or_else(|| std::env::home_dir().map(|home| home.join(".cargo")))
}

/// Fails where a file below `folder` holds a path of this machine.
pub fn check(folder: &Path) -> Result<()> {
    let mut private: Vec<String> = all().into_iter().map(|(here, _)| here).collect();
    // A home of "/" would be found in every file.
    private.extend(std::env::home_dir().filter(|h| h.components().count() > 1).map(|h| format!("{}/", h.display())));
    search(folder, &private)
}

fn search(folder: &Path, private: &[String]) -> Result<()> {
    for (path, _) in super::files_below(folder)? {
        let bytes = fs::read(&path)?;
        if let Some(place) = private.iter().find(|place| memmem::find(&bytes, place.as_bytes()).is_some()) {
            bail!("{} holds a path of this machine: {place}", path.strip_prefix(folder)?.display());
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{all, search};
    use std::fs;

    #[test]
    fn folders_of_this_machine_are_named_the_general_ones_first() {
        let places = all();
        let at = |there: &str| places.iter().position(|p| p.1 == there).unwrap_or_else(|| panic!("no {there}"));
        assert!(at("/cargo") < at("/cargo/registry") && at("/spotter") < at("/spotter/target"));
    }

    #[test]
    fn a_path_anywhere_in_a_file_is_found() {
        let dir = tempfile::tempdir().unwrap();
        fs::create_dir(dir.path().join("sub")).unwrap();
        let module = dir.path().join("sub/module.wasm");
        fs::write(&module, b"\0asm/cargo/registry/serde-1.0.0/src/lib.rs\xff").unwrap();
        let private = ["/home/somebody/".to_owned()];
        search(dir.path(), &private).unwrap();
        fs::write(&module, b"\0asm\xff/home/somebody/x.rs").unwrap();
        let error = search(dir.path(), &private).unwrap_err().to_string();
        assert!(error.contains("sub/module.wasm") && error.contains("/home/somebody/"));
    }
}
