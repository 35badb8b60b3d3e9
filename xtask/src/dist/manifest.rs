//! From the one `manifest.json` to each browser's own, so that neither warns about the other's keys.

use super::Browser;
use anyhow::{Context, Result, bail};
use serde_json::{Value, json};
use std::path::Path;

/// The manifest as `browser` wants it.
pub fn derive(source: &Value, browser: Browser) -> Result<Value> {
    let mut manifest = source.clone();
    let map = manifest.as_object_mut().context("manifest.json is not an object")?;
    match browser {
        Browser::Chrome => {
            for key in ["browser_specific_settings", "sidebar_action"] {
                map.remove(key);
            }
            background(map, "scripts")?;
            permissions(map, |p| if p == "menus" { None } else { Some(p) })?;
            // Chromium silently drops suggestions that it uses itself: docs/decisions/0061-keys-that-chromium-keeps.md.
            for (command, key) in [("report", "Alt+Shift+E"), ("panel", "Alt+Shift+O")] {
                let pointer = format!("/commands/{command}/suggested_key/default");
                *manifest.pointer_mut(&pointer).with_context(|| format!("manifest.json: {pointer}"))? = json!(key);
            }
        }
        Browser::Firefox => {
            for key in ["minimum_chrome_version", "side_panel"] {
                map.remove(key);
            }
            background(map, "service_worker")?;
            permissions(map, |p| match p {
                "sidePanel" => None,
                "contextMenus" => Some("menus"),
                other => Some(other),
            })?;
        }
    }
    Ok(manifest)
}

/// Drops the other browser's way to start the background.
fn background(map: &mut serde_json::Map<String, Value>, drop: &str) -> Result<()> {
    let background = map.get_mut("background").and_then(Value::as_object_mut).context("manifest.json: background")?;
    background.remove(drop);
    if background.get("service_worker").is_none() && background.get("scripts").is_none() {
        bail!("manifest.json: the background has no script for one browser");
    }
    Ok(())
}

/// Renames or drops permissions.
fn permissions(map: &mut serde_json::Map<String, Value>, change: impl Fn(&str) -> Option<&str>) -> Result<()> {
    let list = map.get_mut("permissions").and_then(Value::as_array_mut).context("manifest.json: permissions")?;
    let mut changed: Vec<&str> = Vec::new();
    for permission in list.iter().filter_map(Value::as_str).filter_map(change) {
        if !changed.contains(&permission) {
            changed.push(permission);
        }
    }
    *list = changed.iter().map(|p| json!(p)).collect();
    Ok(())
}

/// Insists that every file which the manifest names lies in `folder`.
pub fn check_files(manifest: &Value, folder: &Path) -> Result<()> {
    let missing: Vec<String> = named_files(manifest).into_iter().filter(|f| !folder.join(f).is_file()).collect();
    if !missing.is_empty() {
        bail!("the manifest names files that are not there: {}", missing.join(", "));
    }
    if let Some(locale) = manifest["default_locale"].as_str()
        && !folder.join("_locales").join(locale).join("messages.json").is_file()
    {
        bail!("the default locale {locale} has no messages.json");
    }
    Ok(())
}

/// Every string in the manifest that is the path of a file.
fn named_files(value: &Value) -> Vec<String> {
    const ENDINGS: [&str; 6] = [".js", ".html", ".css", ".png", ".svg", ".json"];
    match value {
        Value::String(s) if ENDINGS.iter().any(|e| s.ends_with(e)) && !s.contains("://") => {
            vec![s.trim_start_matches('/').to_owned()]
        }
        Value::Array(list) => list.iter().flat_map(named_files).collect(),
        Value::Object(map) => map.values().flat_map(named_files).collect(),
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::{Browser, check_files, derive, named_files};
    use serde_json::{Value, json};

    fn source() -> Value {
        let path = crate::run::root().join("manifest.json");
        serde_json::from_slice(&std::fs::read(path).expect("manifest.json")).expect("JSON")
    }

    #[test]
    fn each_browser_gets_only_its_own_keys() {
        let chrome = derive(&source(), Browser::Chrome).unwrap();
        let firefox = derive(&source(), Browser::Firefox).unwrap();
        for (manifest, has, has_not) in [
            (
                &chrome,
                ["/side_panel", "/background/service_worker", "/minimum_chrome_version"],
                ["/sidebar_action", "/background/scripts", "/browser_specific_settings"],
            ),
            (
                &firefox,
                ["/sidebar_action", "/background/scripts", "/browser_specific_settings/gecko/id"],
                ["/side_panel", "/background/service_worker", "/minimum_chrome_version"],
            ),
        ] {
            for pointer in has {
                assert!(manifest.pointer(pointer).is_some(), "{pointer} is missing");
            }
            for pointer in has_not {
                assert!(manifest.pointer(pointer).is_none(), "{pointer} is the other browser's");
            }
        }
        let permissions = |m: &Value| m["permissions"].as_array().unwrap().clone();
        assert!(
            permissions(&chrome).contains(&json!("sidePanel")) && permissions(&chrome).contains(&json!("contextMenus"))
        );
        assert!(
            permissions(&firefox).contains(&json!("menus")) && !permissions(&firefox).contains(&json!("sidePanel"))
        );
    }

    #[test]
    fn nothing_is_asked_for_that_the_page_could_see_or_that_is_too_much() {
        for browser in Browser::ALL {
            let manifest = derive(&source(), browser).unwrap();
            assert!(manifest.get("web_accessible_resources").is_none());
            assert!(manifest.get("content_scripts").is_none());
            assert!(manifest.get("host_permissions").is_none());
            assert!(!manifest.to_string().contains("<all_urls>"));
            let csp = manifest["content_security_policy"]["extension_pages"].as_str().unwrap();
            assert!(csp.contains("script-src 'self' 'wasm-unsafe-eval'") && csp.contains("object-src 'none'"));
        }
    }

    #[test]
    fn files_are_found_at_any_depth() {
        let manifest = json!({"a": {"b": ["x.js", "no", {"c": "/y/z.html"}]}, "d": "https://e.example/f.js"});
        assert_eq!(named_files(&manifest), ["x.js", "y/z.html"]);
        let dir = tempfile::tempdir().unwrap();
        assert!(check_files(&manifest, dir.path()).unwrap_err().to_string().contains("x.js, y/z.html"));
        std::fs::create_dir(dir.path().join("y")).unwrap();
        std::fs::write(dir.path().join("x.js"), "").unwrap();
        std::fs::write(dir.path().join("y/z.html"), "").unwrap();
        check_files(&manifest, dir.path()).unwrap();
    }
}
