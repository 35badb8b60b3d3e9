//! The command line from outside: streams, statuses, memory.

use spotter_model::limits;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Command, Output, Stdio};

fn spotter() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_spotter"));
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

fn scan(input: &[u8]) -> Output {
    let mut child = spotter().args(["scan", "--as-of", "2026-11-23"]).stdin(Stdio::piped()).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let input = input.to_vec();
    let writer = std::thread::spawn(move || stdin.write_all(&input));
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap().unwrap();
    output
}

fn lines(output: &Output) -> Vec<serde_json::Value> {
    output.stdout.split(|&b| b == b'\n').filter(|l| !l.is_empty()).map(|l| serde_json::from_slice(l).unwrap()).collect()
}

#[test]
fn scan_answers_every_line_in_order() {
    let mut input = String::new();
    for i in 0..5000 {
        input += &format!("{{\"id\": \"{i}\", \"title\": \"Loxodonta africana {i}\", \"colour\": [1, 2]}}\n");
    }
    let output = scan(input.as_bytes());
    assert!(output.status.success() && output.stderr.is_empty());
    let answers = lines(&output);
    assert_eq!(answers.len(), 5000);
    for (i, answer) in answers.iter().enumerate() {
        assert_eq!(answer["id"], i.to_string());
    }
    let first = answers[0].as_object().unwrap();
    let keys = [
        "id",
        "level",
        "score",
        "wildlife_score",
        "taxa",
        "groups",
        "commodities",
        "cues",
        "claims",
        "methods",
        "disguised",
        "reportable",
        "grounds",
    ];
    assert_eq!(first.len(), keys.len());
    assert!(keys.iter().all(|k| first.contains_key(*k)));
    assert_eq!(first["reportable"], "check");
    let cue = &first["cues"][0];
    assert_eq!((&cue["field"], &cue["start"], &cue["end"]), (&"title".into(), &0.into(), &18.into()));
}

#[test]
fn bad_lines_are_named_and_nothing_else_is_lost() {
    let mut input = b"{\"id\": \"1\"}\nnot json\n{\"id\": \"3\", \"title\": [1]}\n\n{\"id\": \"5\"}\n".to_vec();
    input.extend_from_slice(b"{\"id\": \"6\", \"title\": \"");
    input.resize(input.len() + limits::SCAN_LINE_BYTES, b'x');
    input.extend_from_slice(b"\"}\n{\"id\": \"7\"}\n\xff\n{\"id\": \"9\"}");
    let output = scan(&input);
    assert_eq!(output.status.code(), Some(1));
    let ids: Vec<String> = lines(&output).iter().map(|a| a["id"].as_str().unwrap().to_owned()).collect();
    assert_eq!(ids, ["1", "5", "7", "9"]);
    let errors = String::from_utf8(output.stderr).unwrap();
    for line in [2, 3, 6, 8] {
        assert!(errors.contains(&format!("line {line} skipped: ")), "{errors}");
    }
    assert!(errors.contains("4 lines were skipped"), "{errors}");
}

#[test]
fn scan_answers_before_the_input_ends() {
    let mut child = spotter().args(["scan", "--as-of", "2026-11-23"]).stdin(Stdio::piped()).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let mut stdout = BufReader::new(child.stdout.take().unwrap());
    for i in 0..5 {
        writeln!(stdin, "{{\"id\": \"{i}\"}}").unwrap();
        let mut answer = String::new();
        stdout.read_line(&mut answer).unwrap();
        assert!(answer.contains(&format!("\"id\":\"{i}\"")), "{answer}");
    }
    drop(stdin);
    assert!(child.wait().unwrap().success());
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    let mut child = spotter().args(["scan", "--as-of", "2026-11-23"]).stdin(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    let mut stdin = child.stdin.take().unwrap();
    // The tool may be gone before everything is written: then this side is told so.
    for _ in 0..10_000 {
        if stdin.write_all(b"{\"id\": \"1\"}\n").is_err() {
            break;
        }
    }
    drop(stdin);
    assert!(child.wait().unwrap().success());
    let mut errors = String::new();
    child.stderr.take().unwrap().read_to_string(&mut errors).unwrap();
    assert_eq!(errors, "");
}

#[test]
fn usage_errors_have_their_own_status() {
    for args in [&["scan", "--as-of", "yesterday"][..], &["scan", "--pack", "/nowhere"], &["eval"], &["fly"]] {
        let output = spotter().args(args).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{args:?}");
        assert!(!output.stderr.is_empty());
    }
}

#[test]
fn every_case_of_the_policy_comes_out_as_written() {
    let cases = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/policy/cases.toml");
    let output = spotter().args(["policy", "cases"]).arg(&cases).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).unwrap();
    let decided = |word: &str| text.lines().filter(|l| l.contains(&format!(" | {word} | "))).count();
    let (yes, check, no) = (decided("yes"), decided("check"), decided("no"));
    assert!(yes + check + no >= 60 && yes >= 20 && check >= 15 && no >= 8, "{yes} {check} {no}");

    let folder = tempfile::tempdir().unwrap();
    let wrong = folder.path().join("cases.toml");
    let text = std::fs::read_to_string(cases).unwrap();
    std::fs::write(&wrong, text.replacen("want = \"yes\"", "want = \"no\"", 1)).unwrap();
    let output = spotter().args(["policy", "cases"]).arg(&wrong).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains("expected no by ebay-au.ivory-bone"));
}

#[test]
fn packs_are_signed_offline_and_verified() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let run = |args: &[&str]| {
        let output = spotter().arg("lexicon").args(args).output().unwrap();
        (output.status.code(), String::from_utf8(output.stdout).unwrap() + &String::from_utf8_lossy(&output.stderr))
    };
    let (key, other, public, pack) = (path("key"), path("other"), path("key.pub"), path("plain.pack"));
    let signed = path("signed.pack");
    std::fs::write(&pack, spotter_pack::PACK).unwrap();
    let (status, said) = run(&["keygen", &key]);
    let secret = std::fs::read_to_string(&key).unwrap();
    let digits = secret.trim_end().rsplit(' ').next().unwrap();
    assert!(status == Some(0) && !said.contains(digits) && digits.len() == 64, "{said}");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(std::fs::metadata(&key).unwrap().permissions().mode() & 0o777, 0o600);
    }
    assert_eq!(run(&["keygen", &key]).0, Some(2), "a key is never overwritten");
    assert_eq!(std::fs::read_to_string(&key).unwrap(), secret);
    assert_eq!(run(&["keygen", &other]).0, Some(0));

    assert_eq!(run(&["sign", &pack, "--key", &public, "--serial", "7", "-o", &signed]).0, Some(2), "a public key");
    assert_eq!(run(&["sign", &pack, "--key", &key, "--serial", "7", "-o", &signed]).0, Some(0));
    let verify = |more: &[&str]| run(&[&["verify", &signed, "--as-of", "2026-11-26", "--key"], more].concat());
    for (more, status, says) in [
        (&[public.as_str()][..], Some(0), "good: whole, version"),
        (&[&path("other.pub"), &public, "--newest", "7"], Some(0), "number 7"),
        (&[&path("other.pub")], Some(1), "a key that is not trusted here"),
        (&[&public, "--newest", "8"], Some(1), "number 8 is in use"),
        (&[&public, "--revoked", &public], Some(1), "a key that was revoked"),
    ] {
        let (got, said) = verify(more);
        assert!(got == status && said.contains(says), "{more:?}: {said}");
    }
    let (status, said) = run(&["verify", &pack, "--key", &public]);
    assert!(status == Some(1) && said.contains("not signed"), "{said}");
    let (status, said) = run(&["verify", &signed, "--key", &public, "--as-of", "2030-01-01"]);
    assert!(status == Some(1) && said.contains("expired"), "{said}");
}

#[test]
fn an_overlay_is_compiled_beside_the_lexicon_and_signed() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let lexicon = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../lexicon");
    std::fs::create_dir_all(path("more/words")).unwrap();
    std::fs::write(path("more/pack.toml"), "version = \"2026.11.26\"\nexpires = \"2027-02-01\"\n").unwrap();
    let words = "language = \"en\"\nsource = \"author-knowledge\"\nattested = \"observed\"\n[[sourced]]\n\
        concept = \"commodity.pangolin-scale\"\nwords = [\"quibbleflake\"]\nsource = \"author-knowledge\"\n\
        attested = \"observed\"\nsharing = \"enrolled\"\n[[example]]\ntext = \"quibbleflake, dried\"\n\
        finds = [\"commodity.pangolin-scale\"]\n";
    std::fs::write(path("more/words/en.toml"), words).unwrap();
    let run = |args: &[&str]| {
        let output = spotter().arg("lexicon").args(args).output().unwrap();
        (output.status.code(), String::from_utf8(output.stdout).unwrap() + &String::from_utf8_lossy(&output.stderr))
    };
    let (more, plain, signed, key) = (path("more"), path("plain"), path("signed"), path("key"));
    let (status, said) = run(&["overlay", &more, "--base", lexicon.to_str().unwrap(), "-o", &plain]);
    assert!(status == Some(0) && said.contains("sign it"), "{said}");
    assert_eq!(run(&["keygen", &key]).0, Some(0));
    assert_eq!(run(&["sign", &plain, "--key", &key, "--serial", "1", "-o", &signed]).0, Some(0));
    let (status, said) = run(&["verify", &signed, "--key", &path("key.pub"), "--as-of", "2026-11-26"]);
    assert!(status == Some(0) && said.contains("overlay, version 2026.11.26"), "{said}");
    // An overlay is no detector by itself.
    let output = spotter().args(["scan", "--pack", &plain]).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn packs_are_built_and_used() {
    let folder = tempfile::tempdir().unwrap();
    let pack = folder.path().join("x.pack");
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../lexicon");
    let output = spotter().args(["lexicon", "check"]).arg(&source).output().unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    assert!(output.status.success());
    let output = spotter().args(["lexicon", "build", "-o"]).arg(&pack).arg(&source).output().unwrap();
    assert!(output.status.success());
    assert_eq!(std::fs::read(&pack).unwrap(), spotter_pack::PACK);
    std::fs::write(&pack, b"SPOTPACK and then nothing").unwrap();
    let output = spotter().args(["scan", "--pack"]).arg(&pack).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("cut off"));
}

#[test]
fn the_lexicon_is_counted_alike_for_people_and_machines() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../lexicon");
    let output = spotter().args(["lexicon", "count"]).arg(&source).output().unwrap();
    assert!(output.status.success());
    let table = String::from_utf8(output.stdout).unwrap();
    let output = spotter().args(["lexicon", "count", "--json"]).arg(&source).output().unwrap();
    let counts: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let languages = counts["languages"].as_array().unwrap();
    let total = |key: &str| languages.iter().map(|l| l[key].as_u64().unwrap()).sum::<u64>();
    let all = table.lines().find(|l| l.starts_with("all ")).unwrap();
    let numbers: Vec<u64> = all.split_whitespace().skip(1).map(|n| n.parse().unwrap()).collect();
    assert_eq!(numbers[..2], [total("lemmas"), total("forms")]);
    assert_eq!(numbers.last(), Some(&total("examples")));
    for language in languages {
        let kinds: u64 = language["kinds"].as_object().unwrap().values().map(|n| n.as_u64().unwrap()).sum();
        assert_eq!(kinds, language["lemmas"].as_u64().unwrap(), "{language}");
    }
    let output = spotter().args(["lexicon", "count"]).arg(source.join("register")).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("nothing was counted"));
}

#[test]
fn a_wrong_lexicon_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let output = spotter().args(["lexicon", "check"]).arg(folder.path()).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let errors = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(errors.contains("pack.toml: the file cannot be read"), "{errors}");
}

/// Copies a folder of text files.
fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let there = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy(&path, &there);
        } else {
            std::fs::copy(&path, &there).unwrap();
        }
    }
}

#[test]
fn a_primary_rule_of_law_without_article_or_date_fails_the_check() {
    let folder = tempfile::tempdir().unwrap();
    copy(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../lexicon"), folder.path());
    let file = folder.path().join("law/GB.toml");
    let whole = std::fs::read_to_string(&file).unwrap();
    let cuts = [
        ("article = \"sections 1 and 12\"", "article = \"\"", "gb.ivory.dealing: a primary rule names the article"),
        ("text_date = \"2025-01-28\"\n", "", "gb.ivory.species: a primary rule names the date"),
        ("hippopotamus-amphibius", "hippopotamus-nullius", "\"hippopotamus-nullius\" is not in register/"),
    ];
    let mut broken = whole;
    for (cut, with, _) in cuts {
        assert!(broken.contains(cut), "{cut}");
        broken = broken.replacen(cut, with, 1);
    }
    std::fs::write(&file, broken).unwrap();
    let output = spotter().args(["lexicon", "check"]).arg(folder.path()).output().unwrap();
    let errors = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(1), "{errors}");
    for (.., what) in cuts {
        assert!(errors.contains(what), "{what}: {errors}");
    }
    // Rules that ran out are no fault: they are to be checked again, and nothing of them may be quoted.
    let args = ["law", "list", "--as-of", "2029-01-01"];
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../lexicon/law");
    let output = spotter().args(args).arg(&source).output().unwrap();
    let table = String::from_utf8(output.stdout).unwrap();
    assert!(table.lines().any(|l| l.starts_with("GB | 0 | 0 | 0 |") && l.ends_with("| 0")), "{table}");
    let output = spotter().args(["law", "sources", "--as-of", "2026-11-27"]).arg(&source).output().unwrap();
    let told = String::from_utf8(output.stdout).unwrap();
    assert_eq!(told.matches("checked by project on").count(), 20, "{told}");
}

#[test]
fn eval_measures() {
    let folder = tempfile::tempdir().unwrap();
    let (labels, json) = (folder.path().join("rows.jsonl"), folder.path().join("out.json"));
    let rows = [
        r#"{"id": "a", "title": "Loxodonta africana tusk", "label": 1, "label_wildlife": 1, "group": "elephant", "trap": "plain", "lang": "en"}"#,
        r#"{"id": "b", "title": "garden chair", "label": 0, "label_wildlife": 0}"#,
        r#"{"id": "c", "title": "wooden chair", "label": 1, "group": "bear"}"#,
        r#"{"id": "d", "title": "something", "label": null}"#,
    ];
    std::fs::write(&labels, rows.join("\n")).unwrap();
    let run = || {
        let output = spotter()
            .args(["eval", "--as-of", "2026-11-23", "--labels"])
            .arg(&labels)
            .arg("--json")
            .arg(&json)
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let figures: serde_json::Value = serde_json::from_slice(&std::fs::read(&json).unwrap()).unwrap();
        (String::from_utf8(output.stdout).unwrap(), figures)
    };
    let (table, figures) = run();
    assert!(table.contains("worst misses") && table.contains("wooden chair"), "{table}");
    let label = &figures["label"];
    assert_eq!((&label["rows"], &label["positives"], &label["skipped"]), (&3.into(), &2.into(), &1.into()));
    assert_eq!(label["possible"]["recall"], 0.5);
    assert_eq!(label["possible"]["precision"], 1.0);
    assert_eq!(figures["right_group"], 1.0);
    assert_eq!(figures["label_wildlife"]["skipped"], 2);
    // Seeded: all but the time is the same again.
    let again = run().1;
    assert_eq!(figures["label"], again["label"]);
}

/// Peak memory of a scan of generated lines, in KiB, as the kernel counts it.
#[cfg(target_os = "linux")]
fn peak(lines: u64) -> u64 {
    let mut generate = spotter().args(["generate", "--lines", &lines.to_string()]).spawn().unwrap();
    let mut scan =
        spotter().args(["scan", "--as-of", "2026-11-23"]).stdin(generate.stdout.take().unwrap()).spawn().unwrap();
    let mut stdout = scan.stdout.take().unwrap();
    let mut buffer = vec![0; 1 << 16];
    let (mut peak, mut answers) = (0, 0);
    loop {
        let read = stdout.read(&mut buffer).unwrap();
        // The high-water mark only grows; after the last answer it is still there to be read.
        let status = std::fs::read_to_string(format!("/proc/{}/status", scan.id())).unwrap_or_default();
        let mark = status.lines().find_map(|l| l.strip_prefix("VmHWM:")?.trim().strip_suffix(" kB")?.parse().ok());
        peak = peak.max(mark.unwrap_or(0));
        if read == 0 {
            break;
        }
        answers += buffer[..read].iter().filter(|&&b| b == b'\n').count() as u64;
    }
    assert!(scan.wait().unwrap().success() && generate.wait().unwrap().success());
    assert_eq!(answers, lines);
    peak
}

#[test]
#[cfg(target_os = "linux")]
fn memory_does_not_grow_with_the_input() {
    let (small, large) = (peak(4_000), peak(40_000));
    assert!(small > 1_000, "the mark was read");
    assert!(large as f64 <= small as f64 * 1.1, "{small} KiB for 4,000 lines, {large} KiB for 40,000");
}

#[test]
fn generated_listings_repeat_and_are_mixed() {
    let generate = || spotter().args(["generate", "--lines", "500", "--seed", "7"]).output().unwrap().stdout;
    let text = generate();
    assert_eq!(text, generate());
    let foreign = text.iter().filter(|b| !b.is_ascii()).count();
    assert!(foreign * 10 >= text.len() * 3, "{foreign} of {}", text.len());
}
