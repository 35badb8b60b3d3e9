//! Small modules in text form, run before and after.

use crate::outside::{Apart, GAP, Plan, SEGMENT, SnapshotError, image, runs, snapshot, snapshot_apart};
use crate::split::{RAN, split, watched};
use proptest::prelude::*;
use wasmi::{Engine, Linker, Module, Store};

const PLAN: Plan<'_> = Plan { prepare: "prepare", input: b"in", sweep: "sweep", others: "others" };

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
            (func (export "others") (param $n i32) (result i32) (i32.load (i32.add (i32.const 256) (i32.mul (local.get $n) (i32.const 4)))))
            (data (i32.const 256) "\00\00\02\00\04\00\02\00\00\02\00\00\00\02\00\00")
            (data (i32.const 16) "\07"))"#,
    );
    let Apart { module: after, memory: image, others } = snapshot_apart(&before, PLAN).expect("snapshot");
    assert_eq!(walrus::Module::from_buffer(&after).expect("module").data.iter().count(), 0);
    assert_eq!(answer(&after), 40, "nothing but globals as long as nobody fills the memory");
    let engine = Engine::default();
    let module = Module::new(&engine, &after).expect("module");
    let mut store = Store::new(&engine, ());
    let instance = Linker::new(&engine).instantiate_and_start(&mut store, &module).expect("instance");
    let memory = instance.get_memory(&store, "memory").expect("memory");
    assert_eq!(memory.data(&store).len(), 3 * 65_536);
    let exports = walrus::Module::from_buffer(&after).expect("module");
    assert!(exports.exports.iter().all(|e| e.name != "others"), "it is for the build alone");
    let mut told = |image: &[u8]| {
        fill(memory.data_mut(&mut store), image);
        let answer = instance.get_typed_func::<(), i32>(&store, "answer").expect("answer");
        answer.call(&mut store, ()).expect("call")
    };
    assert_eq!((told(&image), told(&others)), (47, 49), "what comes later stood in no other file");
}

#[test]
fn stretches_outside_of_the_memory_and_endless_ones_are_refused() {
    let told = |others: &str| {
        let text = format!(
            r#"(module (memory 1)
                (func (export "prepare") (param i32 i32))
                (func (export "__wbindgen_malloc") (param i32 i32) (result i32) (i32.const 1024))
                (func (export "others") (param $n i32) (result i32) {others}))"#
        );
        snapshot_apart(&wasm(&text), PLAN)
    };
    let twice = "(select (i32.const 0) (i32.const 65537) (i32.gt_u (local.get $n) (i32.const 1)))";
    for others in ["(i32.const 7)", "(i32.const 65537)", twice, "(i32.sub (i32.const 2) (local.get $n))", "unreachable"]
    {
        assert!(told(others).is_err(), "{others}");
    }
    let Apart { memory, others, .. } = told("(i32.const 0)").expect("none");
    assert!(memory.ends_with(PLAN.input), "what the preparation was given");
    assert_eq!(others, [0; 4], "no stretches");
}

/// Instantiates a module that imports `env.add_one`, and behind it the other half where there is one.
fn linked(one: &[u8], two: Option<&[u8]>) -> Result<(Store<()>, wasmi::Instance), wasmi::Error> {
    let engine = Engine::default();
    let mut store = Store::new(&engine, ());
    let mut linker = Linker::new(&engine);
    linker.func_wrap("env", "add_one", |n: i32| n.wrapping_add(1))?;
    let first = linker.instantiate_and_start(&mut store, &Module::new(&engine, one)?)?;
    if let Some(two) = two {
        let mut linker = Linker::new(&engine);
        for export in first.exports(&store).map(|e| (e.name().to_owned(), e.into_extern())).collect::<Vec<_>>() {
            linker.define("first", &export.0, export.1).expect("a name of its own");
        }
        linker.instantiate_and_start(&mut store, &Module::new(&engine, two)?)?;
    }
    Ok((store, first))
}

fn call(store: &mut Store<()>, instance: wasmi::Instance, export: &str) -> Result<i32, wasmi::Error> {
    instance.get_typed_func::<(), i32>(&*store, export)?.call(store, ())
}

/// The places of the functions that run when `exports` are called one after the other, in the order in which they ran first.
fn ran(text: &str, exports: &[&str]) -> Vec<usize> {
    let (mut store, instance) = linked(&watched(&wasm(text)).expect("watched"), None).expect("instance");
    for export in exports {
        call(&mut store, instance, export).expect(export);
    }
    let globals: Vec<_> = instance
        .exports(&store)
        .filter_map(|e| Some((e.name().strip_prefix(RAN)?.parse::<usize>().ok()?, e.into_global()?)))
        .collect();
    let mut ran: Vec<_> = globals
        .into_iter()
        .filter_map(|(at, global)| match global.get(&store) {
            wasmi::Val::I32(order) if order > 0 => Some((order, at)),
            _ => None,
        })
        .collect();
    ran.sort_unstable();
    ran.into_iter().map(|(_, at)| at).collect()
}

/// Both halves of a module, the second linked where `whole`; gives what an export says.
fn halves(text: &str, ran: &[usize], whole: bool, export: &str) -> Result<i32, wasmi::Error> {
    let (one, two) = split(&wasm(text), ran).expect("halves");
    let (mut store, first) = linked(&one, whole.then_some(&two[..]))?;
    call(&mut store, first, export)
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
fn what_ran_is_told_in_its_order() {
    // The import is the first function.
    assert_eq!(ran(DIVIDED, &[]), [] as [usize; 0]);
    assert_eq!(ran(DIVIDED, &["answer"]), [5, 4, 1]);
    assert_eq!(ran(DIVIDED, &["grow", "by_table", "by_table", "answer"]), [8, 6, 2, 3, 4, 5, 1]);
}

#[test]
fn a_divided_module_does_what_it_did() {
    for kept in [&[][..], &["grow"], &["answer"], &["answer", "grow"], &["answer", "by_table", "after", "grow"]] {
        for (export, want) in [("answer", 3), ("by_table", 5 + 6 + 20), ("after", 50), ("grow", 2)] {
            assert_eq!(halves(DIVIDED, &ran(DIVIDED, kept), true, export).expect(export), want, "{export} of {kept:?}");
        }
    }
}

#[test]
fn the_first_half_serves_what_ran_and_traps_elsewhere() {
    let kept = ran(DIVIDED, &["answer", "grow"]);
    assert_eq!(halves(DIVIDED, &kept, false, "answer").expect("alone"), 3);
    assert_eq!(halves(DIVIDED, &kept, false, "grow").expect("alone"), 2);
    for export in ["by_table", "after"] {
        let trap = halves(DIVIDED, &kept, false, export).expect_err(export).to_string();
        assert!(trap.contains("uninitialized") || trap.contains("null"), "{trap}");
    }
    let (one, two) = split(&wasm(DIVIDED), &kept).expect("halves");
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
        (r#"(module (func (export "f")))"#, "exports no function 1"),
    ] {
        let got = split(&wasm(text), &[1]).expect_err(want).to_string();
        assert!(got.contains(want), "{got} / {want}");
    }
    assert!(matches!(split(b"no module", &[]), Err(SnapshotError::Parse(_))));
    assert!(matches!(watched(b"no module"), Err(SnapshotError::Parse(_))));
}

/// A function of a made-up module: what it calls directly, and what through the table. All of them lie behind it.
type Made = (Vec<usize>, Vec<usize>);

/// Functions that change memory and globals before and after they call each other; each is exported under its number, every
/// second one stands in the table.
fn made(functions: &[Made]) -> String {
    let count = functions.len();
    let mut text = format!(
        r#"(module (import "env" "add_one" (func $add_one (param i32) (result i32))) (type $told (func (result i32)))
        (memory (export "memory") 1) (table {count} funcref) (global $g (mut i32) (i32.const 3))"#
    );
    for (at, (direct, by_table)) in functions.iter().enumerate() {
        let behind = |to: &usize| at + 1 + to % (count - at);
        let calls = direct.iter().map(behind).filter(|&to| to < count).map(|to| format!("(drop (call $f{to}))"));
        let jumps = by_table.iter().map(|to| behind(to) / 2 * 2).filter(|&to| to > at && to < count);
        let jumps = jumps.map(|to| format!("(drop (call_indirect (type $told) (i32.const {to})))"));
        let calls: String = calls.chain(jumps).collect();
        text += &format!(
            r#"(func $f{at} (export "{at}") (type $told)
            (global.set $g (i32.add (i32.mul (global.get $g) (i32.const 31)) (i32.const {at}))) {calls}
            (i32.store (i32.const {}) (call $add_one (i32.add (i32.load (i32.const {})) (global.get $g))))
            (i32.xor (i32.load (i32.const {})) (global.get $g)))"#,
            4 * at,
            4 * (at / 2),
            4 * at,
        );
        if at % 2 == 0 {
            text += &format!("(elem (i32.const {at}) $f{at})");
        }
    }
    text + ")"
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
    /// Whatever the first half is left: together with the second it says what the whole said, at each of several calls; and
    /// alone it either says that or traps, whereupon a new instance of both says it.
    #[test]
    fn a_module_in_two_says_what_it_said(
        functions in prop::collection::vec((prop::collection::vec(0usize..12, 0..3), prop::collection::vec(0usize..12, 0..2)), 1..12),
        kept in prop::collection::vec(1usize..12, 0..12),
        calls in prop::collection::vec(0usize..12, 1..6),
    ) {
        let whole = wasm(&made(&functions));
        let kept: Vec<usize> = kept.into_iter().filter(|&at| at <= functions.len()).collect();
        let (one, two) = split(&whole, &kept).expect("halves");
        let (mut plain, old) = linked(&whole, None).expect("whole");
        let (mut both, pair) = linked(&one, Some(&two)).expect("both");
        let (mut alone, mut half) = linked(&one, None).expect("first");
        let mut trapped = false;
        let mut said = vec![];
        for at in calls.into_iter().map(|at| (at % functions.len()).to_string()) {
            let want = call(&mut plain, old, &at).expect("whole");
            prop_assert_eq!(call(&mut both, pair, &at).expect("both"), want);
            said.push((at.clone(), want));
            match call(&mut alone, half, &at) {
                Ok(got) => prop_assert_eq!(got, want),
                Err(_) => {
                    prop_assert!(!trapped, "both halves trapped");
                    trapped = true;
                    (alone, half) = linked(&one, Some(&two)).expect("again");
                    // What the new one must come to again, its memory is as the build left it.
                    for (at, want) in &said {
                        prop_assert_eq!(call(&mut alone, half, at).expect("again"), *want);
                    }
                }
            }
        }
    }

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
