//! Small modules in text form, run before and after.

use crate::outside::{GAP, Plan, SEGMENT, SnapshotError, image, runs, snapshot, snapshot_apart};
use crate::split::split;
use proptest::prelude::*;
use wasmi::{Engine, Linker, Module, Store};

const PLAN: Plan<'_> = Plan { prepare: "prepare", input: b"in", sweep: "sweep" };

fn wasm(text: &str) -> Vec<u8> {
    wat::parse_str(text).expect("test module")
}

/// Calls `answer` of a module that imports nothing.
fn answer(wasm: &[u8]) -> i32 {
    let engine = Engine::default();
    let module = Module::new(&engine, wasm).expect("module");
    let mut store = Store::new(&engine, ());
    let instance = Linker::new(&engine).instantiate_and_start(&mut store, &module).expect("instance");
    instance.get_typed_func::<(), i32>(&store, "answer").expect("answer").call(&mut store, ()).expect("call")
}

#[test]
fn memory_globals_and_growth_are_kept() {
    let before = wasm(
        r#"(module
            (memory 1)
            (global $g (mut i32) (i32.const 1))
            (func $helper (global.set $g (i32.const 40)))
            (func (export "prepare") (param $at i32) (param $len i32)
                (call $helper)
                (drop (memory.grow (i32.const 2)))
                (i32.store (i32.const 131072) (local.get $len)))
            (func (export "__wbindgen_malloc") (param i32 i32) (result i32) (i32.const 1024))
            (func (export "answer") (result i32)
                (i32.add (global.get $g)
                    (select (i32.load (i32.const 131072)) (i32.const 0) (i32.eq (memory.size) (i32.const 3)))))
            (data (i32.const 16) "kept"))"#,
    );
    let (after, figures) = snapshot(&before, PLAN).expect("snapshot");
    assert_eq!(answer(&after), 42);
    assert_eq!((figures.memory, figures.segments), (3 * 65_536, 3));
    let module = walrus::Module::from_buffer(&after).expect("module");
    assert_eq!(module.exports.iter().map(|e| e.name.as_str()).collect::<Vec<_>>(), ["__wbindgen_malloc", "answer"]);
    assert_eq!(module.funcs.iter().count(), 2, "what only the preparation used is gone");
}

/// Fills a memory as `background.js` does.
fn fill(memory: &mut [u8], image: &[u8]) {
    let number = |at: usize| u32::from_le_bytes(image[at..at + 4].try_into().expect("four bytes")) as usize;
    let count = number(0);
    let mut at = 4 + 8 * count;
    for run in 0..count {
        let (place, length) = (number(4 + 8 * run), number(8 + 8 * run));
        memory[place..place + length].copy_from_slice(&image[at..at + length]);
        at += length;
    }
    assert_eq!(at, image.len());
}

#[test]
fn a_module_and_its_memory_may_lie_apart() {
    let before = wasm(
        r#"(module
            (memory (export "memory") 1)
            (global $g (mut i32) (i32.const 1))
            (func (export "prepare") (param $at i32) (param $len i32)
                (global.set $g (i32.const 40))
                (drop (memory.grow (i32.const 2)))
                (i32.store (i32.const 131072) (local.get $len)))
            (func (export "__wbindgen_malloc") (param i32 i32) (result i32) (i32.const 1024))
            (func (export "answer") (result i32)
                (i32.add (i32.add (global.get $g) (i32.load (i32.const 16))) (i32.load (i32.const 131072))))
            (data (i32.const 16) "\07"))"#,
    );
    let (after, image) = snapshot_apart(&before, PLAN).expect("snapshot");
    assert_eq!(walrus::Module::from_buffer(&after).expect("module").data.iter().count(), 0);
    assert_eq!(answer(&after), 40, "nothing but globals as long as nobody fills the memory");
    let engine = Engine::default();
    let module = Module::new(&engine, &after).expect("module");
    let mut store = Store::new(&engine, ());
    let instance = Linker::new(&engine).instantiate_and_start(&mut store, &module).expect("instance");
    let memory = instance.get_memory(&store, "memory").expect("memory");
    assert_eq!(memory.data(&store).len(), 3 * 65_536);
    fill(memory.data_mut(&mut store), &image);
    assert_eq!(
        instance.get_typed_func::<(), i32>(&store, "answer").expect("answer").call(&mut store, ()).expect("call"),
        49
    );
}

/// Both halves of a module that imports `env.add_one`, the second linked where `whole`; gives what an export says.
fn halves(text: &str, small: u64, whole: bool, export: &str) -> Result<i32, wasmi::Error> {
    let (one, two) = split(&wasm(text), |name| matches!(name, "answer" | "grow"), small).expect("halves");
    let engine = Engine::default();
    let mut store = Store::new(&engine, ());
    let mut linker = Linker::new(&engine);
    linker.func_wrap("env", "add_one", |n: i32| n + 1)?;
    let first = linker.instantiate_and_start(&mut store, &Module::new(&engine, &one)?)?;
    if whole {
        let mut linker = Linker::new(&engine);
        for export in first.exports(&store).map(|e| (e.name().to_owned(), e.into_extern())).collect::<Vec<_>>() {
            linker.define("first", &export.0, export.1).expect("a name of its own");
        }
        linker.instantiate_and_start(&mut store, &Module::new(&engine, &two)?)?;
    }
    first.get_typed_func::<(), i32>(&store, export)?.call(&mut store, ())
}

const DIVIDED: &str = r#"(module
    (import "env" "add_one" (func $add_one (param i32) (result i32)))
    (type $told (func (result i32)))
    (memory (export "memory") 1)
    (table 3 funcref)
    (global $g (mut i32) (i32.const 5))
    (elem (i32.const 0) $small $large $deep)
    (func $small (type $told) (i32.const 3))
    (func $large (type $told) (i32.add (call $deep) (i32.mul (i32.const 2) (i32.const 10))))
    (func $deep (type $told) (i32.store (i32.const 8) (call $add_one (global.get $g)))
        (global.set $g (i32.const 50)) (call $helper))
    (func $helper (result i32) (i32.load (i32.const 8)))
    (func (export "answer") (result i32) (i32.add (call $helper) (call_indirect (type $told) (i32.const 0))))
    (func (export "by_table") (result i32) (i32.add (global.get $g) (call_indirect (type $told) (i32.const 1))))
    (func (export "after") (result i32) (drop (call $large)) (global.get $g))
    (func (export "grow") (result i32) (drop (memory.grow (i32.const 1))) (memory.size)))"#;

#[test]
fn a_divided_module_does_what_it_did() {
    for (export, want) in [("answer", 3), ("by_table", 5 + 6 + 20), ("after", 50), ("grow", 2)] {
        assert_eq!(halves(DIVIDED, 4, true, export).expect(export), want, "{export}");
        assert_eq!(halves(DIVIDED, u64::MAX, true, export).expect(export), want, "{export}, all that is small");
    }
}

#[test]
fn the_first_half_serves_what_it_was_asked_to_and_traps_elsewhere() {
    assert_eq!(halves(DIVIDED, 4, false, "answer").expect("alone"), 3);
    assert_eq!(halves(DIVIDED, 4, false, "grow").expect("alone"), 2);
    for export in ["by_table", "after"] {
        let trap = halves(DIVIDED, 4, false, export).expect_err(export).to_string();
        assert!(trap.contains("uninitialized") || trap.contains("null"), "{trap}");
    }
    let error = halves(DIVIDED, 0, false, "answer").expect_err("what is called through the table went away");
    assert!(!error.to_string().is_empty());
    let (one, two) = split(&wasm(DIVIDED), |name| name == "answer", 4).expect("halves");
    let names = |bytes: &[u8]| {
        let module = walrus::Module::from_buffer(bytes).expect("module");
        module.imports.iter().map(|i| format!("{}/{}", i.module, i.name)).collect::<Vec<_>>()
    };
    assert_eq!(names(&one), ["env/add_one"]);
    assert!(names(&two).iter().all(|name| name.starts_with("first/")), "{:?}", names(&two));
}

#[test]
fn what_two_modules_cannot_share_is_refused() {
    for (text, want) in [
        (r#"(module (memory 1) (data (i32.const 0) "x"))"#, "data in two"),
        (r#"(module (func $s) (start $s))"#, "a start function in two"),
        (r#"(module (table 1 funcref) (func $f) (elem func $f))"#, "filled with functions at once"),
        (r#"(module (func (export ".f0")))"#, "divided before"),
        (r#"(module (func $f) (elem declare func $f) (func (export "g") (result funcref) (ref.func $f)))"#, "at once"),
        (r#"(module (func $f (export "f")) (func (export "g") (result funcref) (ref.func $f)))"#, "is a value"),
    ] {
        let got = split(&wasm(text), |_| true, 0).expect_err(want).to_string();
        assert!(got.contains(want), "{got} / {want}");
    }
    assert!(matches!(split(b"no module", |_| true, 0), Err(SnapshotError::Parse(_))));
}

#[test]
fn the_sweep_cannot_grow_the_memory() {
    let before = wasm(
        r#"(module
            (memory 1)
            (func (export "prepare") (param $at i32) (param $len i32) (i32.store (i32.const 64) (i32.const 7)))
            (func (export "sweep")
                (i32.store (i32.const 64) (i32.const 0))
                (i32.store (i32.const 128) (memory.grow (i32.const 1))))
            (func (export "__wbindgen_malloc") (param i32 i32) (result i32) (i32.const 1024))
            (func (export "answer") (result i32)
                (i32.add (i32.load (i32.const 64)) (i32.load (i32.const 128)))))"#,
    );
    let (after, figures) = snapshot(&before, PLAN).expect("snapshot");
    assert_eq!(answer(&after), -1);
    assert_eq!(figures.memory, 65_536);
}

#[test]
fn what_cannot_be_copied_is_refused() {
    let table: [(&str, &str); 9] = [
        (r#"(module (memory 1))"#, "no prepare"),
        (r#"(module (func (export "prepare") (param $at i32) (param $len i32)))"#, "one own, unshared"),
        (r#"(module (memory 1) (func (export "prepare") (param i32 i32)))"#, "no __wbindgen_malloc"),
        (
            r#"(module (memory 1) (func $s) (start $s) (func (export "prepare") (param $at i32) (param $len i32)))"#,
            "start function",
        ),
        (r#"(module (memory 1) (data "x") (func (export "prepare") (param $at i32) (param $len i32)))"#, "passive"),
        (
            r#"(module (import "a" "g" (global i32)) (memory 1) (func (export "prepare") (param $at i32) (param $len i32)))"#,
            "imported globals",
        ),
        (
            r#"(module (memory 1) (global (mut externref) (ref.null extern)) (func (export "prepare") (param $at i32) (param $len i32)))"#,
            "not a number",
        ),
        (
            r#"(module (memory 1) (table 1 funcref)
                (func (export "__wbindgen_malloc") (param i32 i32) (result i32) (i32.const 1024))
                (func (export "prepare") (param $at i32) (param $len i32) (drop (table.grow (ref.null func) (i32.const 1)))))"#,
            "grows a table",
        ),
        (
            r#"(module (import "env" "now" (func $now)) (memory 1)
                (func (export "__wbindgen_malloc") (param i32 i32) (result i32) (i32.const 1024)) (func (export "prepare") (param $at i32) (param $len i32) (call $now)))"#,
            "it called the import env.now",
        ),
    ];
    for (text, want) in table {
        let got = snapshot(&wasm(text), PLAN).expect_err(want).to_string();
        assert!(got.contains(want), "{got} / {want}");
    }
    assert!(matches!(snapshot(b"no module", PLAN), Err(SnapshotError::Parse(_))));
}

#[test]
fn a_preparation_without_end_of_memory_fails() {
    let greedy = wasm(
        r#"(module (memory 1)
            (func (export "__wbindgen_malloc") (param i32 i32) (result i32) (i32.const 1024))
            (func (export "prepare") (param $at i32) (param $len i32)
            (if (i32.eq (memory.grow (i32.const 8192)) (i32.const -1)) (then unreachable))))"#,
    );
    assert!(matches!(snapshot(&greedy, PLAN), Err(SnapshotError::Run(_))));
}

proptest! {
    #[test]
    fn segments_hold_every_byte_that_is_not_zero(
        parts in prop::collection::vec((0_usize..200, 0_usize..3 * SEGMENT / 2, any::<u8>()), 0..6)
    ) {
        let mut bytes = Vec::new();
        for (zeros, len, byte) in parts {
            bytes.resize(bytes.len() + zeros, 0);
            bytes.resize(bytes.len() + len, byte);
        }
        let mut copy = vec![0; bytes.len()];
        let mut last = 0;
        for (start, end) in runs(&bytes) {
            prop_assert!(start >= last && start < end && end - start <= SEGMENT + GAP);
            copy[start..end].copy_from_slice(&bytes[start..end]);
            last = end;
        }
        prop_assert_eq!(&copy, &bytes);
        copy.fill(0);
        fill(&mut copy, &image(&bytes).expect("an image"));
        prop_assert_eq!(copy, bytes);
    }
}
