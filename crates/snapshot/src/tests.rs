//! Small modules in text form, run before and after.

use crate::outside::{GAP, Plan, SEGMENT, SnapshotError, runs, snapshot};
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
        prop_assert_eq!(copy, bytes);
    }
}
