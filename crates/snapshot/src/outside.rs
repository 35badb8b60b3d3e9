//! The build's side: the run, the copy of memory and globals, the layout of the data segments.

use std::ops::Range;
use walrus::{ConstExpr, DataKind, GlobalKind, MemoryId, Module, ValType, ir::Value};
use wasmi::{Config, Engine, ExternType, Linker, Store, StoreLimits, StoreLimitsBuilder, Val};

/// Bytes in a page of linear memory.
const PAGE: usize = 64 * 1024;
/// Zero runs at least this long are left out. Shorter ones cost less than another segment's header and its
/// share of the instantiation.
pub(crate) const GAP: usize = 64;
/// Longest segment. Engines bound a segment's size; several moderate ones also copy no slower than one.
pub(crate) const SEGMENT: usize = 512 * 1024;
/// Name under which the memory is read; the module's own export of it may have any.
const MEMORY_EXPORT: &str = "snapshot:memory";
/// Addresses are 31 bits.
const BEYOND: &str = "a memory beyond 2 GiB";
/// More stretches than that for a file of their own are none.
const MOST_OTHERS: i32 = 2048;
/// Stretches for a file of their own are of the memory.
const OUTSIDE: &str = "a stretch outside of the memory";
/// The preparation may use this much memory at most.
const MEMORY: usize = 256 * 1024 * 1024;

/// What to run.
#[derive(Clone, Copy, Debug)]
pub struct Plan<'a> {
    /// Exported function that prepares the module: `#[wasm_bindgen] pub fn prebuild(input: &[u8])`. In the
    /// module itself it takes the place and the length of the input and returns nothing.
    pub prepare: &'a str,
    /// What it prepares from. It does not become part of the module, as an embedded copy would.
    pub input: &'a [u8],
    /// Exported function without parameters and results that overwrites free memory with zeros, so that what
    /// the preparation left on the heap does not reach the file. The memory cannot grow while it runs. It may
    /// be missing.
    pub sweep: &'a str,
    /// Exported function from a number to a number that says which stretches of memory are for a file of their own: where the
    /// first begins and where it ends, where the second begins, and so on; 0 behind the last. It runs before `sweep`. It may be
    /// missing.
    pub others: &'a str,
}

/// What came of it.
#[derive(Clone, Copy, Debug)]
pub struct Figures {
    /// Bytes of memory that the module starts with.
    pub memory: usize,
    /// Bytes of it that the data segments carry.
    pub data: usize,
    /// Data segments.
    pub segments: usize,
}

/// The export by which wasm-bindgen's shims allocate what they are given: size and alignment to address.
const MALLOC: &str = "__wbindgen_malloc";

/// Why a module could not be prepared. Nothing is written in that case.
#[derive(Debug, thiserror::Error)]
pub enum SnapshotError {
    /// The input is not a module that walrus reads.
    #[error("not a readable WebAssembly module: {0}")]
    Parse(String),
    /// The interpreter refused the module or trapped in it; an import that the preparation called is named.
    #[error("the preparation failed: {0}")]
    Run(#[from] wasmi::Error),
    /// The module has something whose state is not copied, so a snapshot of it would be wrong.
    #[error("cannot snapshot {0}")]
    Unsupported(&'static str),
    /// An export that the plan names, or the memory, is missing.
    #[error("the module exports no {0}")]
    Missing(String),
}

/// Runs `plan` in `wasm` and returns the module that starts where the preparation ended.
///
/// # Errors
/// When the module cannot be read, holds state that is not copied, calls an import or traps.
pub fn snapshot(wasm: &[u8], plan: Plan<'_>) -> Result<(Vec<u8>, Figures), SnapshotError> {
    let (mut module, memory) = prepared(wasm, plan)?;
    let figures = memory.into_module(&mut module)?;
    Ok((module.emit_wasm(), figures))
}

/// The same in three parts: the module without any data, the file that fills its memory, and the one that fills what [`Plan::others`]
/// names. A browser reads them at once, and need not take data for code; see [`image`] for what the files hold. Whoever
/// instantiates the module fills its memory before anything else; what may come later the module itself must know, for until then it
/// reads zeros there.
///
/// # Errors
/// As for [`snapshot`].
pub fn snapshot_apart(wasm: &[u8], plan: Plan<'_>) -> Result<Apart, SnapshotError> {
    let (mut module, Memory { mut bytes, others, .. }) = prepared(wasm, plan)?;
    let mut apart = vec![0; bytes.len()];
    for place in others {
        apart[place.clone()].copy_from_slice(&bytes[place.clone()]);
        bytes[place].fill(0);
    }
    Ok(Apart { module: module.emit_wasm(), memory: image(&bytes)?, others: image(&apart)? })
}

/// What [`snapshot_apart`] makes.
#[derive(Debug)]
pub struct Apart {
    /// The module.
    pub module: Vec<u8>,
    /// What fills its memory.
    pub memory: Vec<u8>,
    /// What fills the stretches that are read later.
    pub others: Vec<u8>,
}

/// What fills a memory: how many stretches there are, where each of them begins and how long it is, as numbers of four
/// bytes, little endian; then the stretches themselves.
pub(crate) fn image(bytes: &[u8]) -> Result<Vec<u8>, SnapshotError> {
    let number = |n: usize| u32::try_from(n).map(u32::to_le_bytes).map_err(|_| SnapshotError::Unsupported(BEYOND));
    let runs = runs(bytes);
    let mut out = number(runs.len())?.to_vec();
    for &(start, end) in &runs {
        out.extend(number(start)?);
        out.extend(number(end - start)?);
    }
    runs.iter().for_each(|&(start, end)| out.extend_from_slice(&bytes[start..end]));
    Ok(out)
}

/// A memory as the preparation left it.
struct Memory {
    id: MemoryId,
    bytes: Vec<u8>,
    /// The stretches for a file of their own.
    others: Vec<Range<usize>>,
}

impl Memory {
    /// As data segments.
    fn into_module(self, module: &mut Module) -> Result<Figures, SnapshotError> {
        let Self { id: memory, bytes, .. } = self;
        let mut figures = Figures { memory: bytes.len(), data: 0, segments: 0 };
        for (start, end) in runs(&bytes) {
            let offset = i32::try_from(start).map_err(|_| SnapshotError::Unsupported(BEYOND))?;
            let kind = DataKind::Active { memory, offset: ConstExpr::Value(Value::I32(offset)) };
            let id = module.data.add(kind, bytes[start..end].to_vec());
            module.memories.get_mut(memory).data_segments.insert(id);
            figures.data += end - start;
            figures.segments += 1;
        }
        Ok(figures)
    }
}

/// Runs `plan` in `wasm`: the module as it was but without data, its globals as they were left, and the memory.
fn prepared(wasm: &[u8], plan: Plan<'_>) -> Result<(Module, Memory), SnapshotError> {
    let mut module = Module::from_buffer(wasm).map_err(parse)?;
    check(&module)?;
    let prepare = plan.prepare.to_owned();
    if module.exports.get_func(&prepare).is_err() {
        return Err(SnapshotError::Missing(prepare));
    }

    // Globals and the memory are read through exports; those that exist for this only go again below.
    let mut probes = Vec::new();
    let globals: Vec<_> = module.globals.iter().filter(|g| g.mutable).map(walrus::Global::id).collect();
    for (i, id) in globals.iter().enumerate() {
        probes.push((format!("snapshot:{i}"), *id));
    }
    let probe_exports: Vec<_> = probes.iter().map(|(name, id)| module.exports.add(name, *id)).collect();
    let memory_id = module.memories.iter().next().ok_or(SnapshotError::Unsupported("a module without memory"))?.id();
    let memory_export = module.exports.add(MEMORY_EXPORT, memory_id);
    let tables: Vec<_> = module.tables.iter().map(walrus::Table::id).collect();
    let table_names: Vec<_> = (0..tables.len()).map(|i| format!("snapshot:table{i}")).collect();
    let table_exports: Vec<_> = tables.iter().zip(&table_names).map(|(id, n)| module.exports.add(n, *id)).collect();

    let probed = module.emit_wasm();
    let mut run = Run::start(&probed)?;
    let before = run.table_sizes(&table_names)?;
    run.prepare(&prepare, plan.input)?;
    let others = if run.has(plan.others) { run.others(plan.others)? } else { vec![] };
    if run.has(plan.sweep) {
        run.freeze()?;
        run.sweep(plan.sweep)?;
    }

    if run.table_sizes(&table_names)? != before {
        return Err(SnapshotError::Unsupported("a preparation that grows a table"));
    }

    for (name, id) in &probes {
        let value = match run.global(name)? {
            Val::I32(v) => Value::I32(v),
            Val::I64(v) => Value::I64(v),
            Val::F32(v) => Value::F32(v.to_float()),
            Val::F64(v) => Value::F64(v.to_float()),
            _ => return Err(SnapshotError::Unsupported("a mutable global that is not a number")),
        };
        module.globals.get_mut(*id).kind = GlobalKind::Local(ConstExpr::Value(value));
    }
    let bytes = run.memory()?.to_vec();
    let memory = module.memories.get_mut(memory_id);
    memory.initial = (bytes.len() / PAGE) as u64;
    memory.data_segments.clear();
    let old: Vec<_> = module.data.iter().map(walrus::Data::id).collect();
    for id in old {
        module.data.delete(id);
    }

    for id in probe_exports.into_iter().chain(table_exports).chain([memory_export]) {
        module.exports.delete(id);
    }
    for name in [plan.prepare, plan.sweep, plan.others] {
        if module.exports.get_func(name).is_ok() {
            module.exports.remove(name).map_err(parse)?;
        }
    }
    walrus::passes::gc::run(&mut module);
    Ok((module, Memory { id: memory_id, bytes, others }))
}

pub(crate) fn parse(e: impl std::fmt::Display) -> SnapshotError {
    SnapshotError::Parse(format!("{e:#}"))
}

/// Refuses modules with state that a copy of memory and globals would miss.
fn check(module: &Module) -> Result<(), SnapshotError> {
    let unsupported = |what| Err(SnapshotError::Unsupported(what));
    if module.start.is_some() {
        // It would run at build time and once more in the browser.
        return unsupported("a module with a start function");
    }
    if module.memories.len() != 1 || module.memories.iter().any(|m| m.import.is_some() || m.shared || m.memory64) {
        return unsupported("anything but one own, unshared 32-bit memory");
    }
    if module.data.iter().any(walrus::Data::is_passive) {
        return unsupported("passive data segments");
    }
    if module.globals.iter().any(|g| matches!(g.kind, GlobalKind::Import(_))) {
        return unsupported("imported globals");
    }
    if module.globals.iter().any(|g| g.mutable && matches!(g.ty, ValType::Ref(_) | ValType::V128)) {
        return unsupported("a mutable global that is not a number");
    }
    if module.tables.iter().any(|t| t.import.is_some()) {
        return unsupported("imported tables");
    }
    Ok(())
}

/// The parts of memory that are not zero, without runs of at least [`GAP`] zeros, each at most [`SEGMENT`] long.
pub(crate) fn runs(bytes: &[u8]) -> Vec<(usize, usize)> {
    let mut out: Vec<(usize, usize)> = Vec::new();
    let mut at = 0;
    while let Some(start) = bytes[at..].iter().position(|b| *b != 0).map(|n| at + n) {
        let len = bytes[start..].iter().position(|b| *b == 0).unwrap_or(bytes.len() - start);
        at = start + len;
        match out.last_mut() {
            Some((first, last)) if start - *last < GAP && at - *first <= SEGMENT => *last = at,
            _ => {
                let mut first = start;
                while at - first > SEGMENT {
                    out.push((first, first + SEGMENT));
                    first += SEGMENT;
                }
                out.push((first, at));
            }
        }
    }
    out
}

/// One instance under the interpreter.
struct Run {
    store: Store<StoreLimits>,
    instance: wasmi::Instance,
}

impl Run {
    fn start(wasm: &[u8]) -> Result<Self, SnapshotError> {
        let engine = Engine::new(Config::default().set_max_recursion_depth(10_000));
        let module = wasmi::Module::new(&engine, wasm)?;
        let limits = StoreLimitsBuilder::new().memory_size(MEMORY).build();
        let mut store = Store::new(&engine, limits);
        store.limiter(|limits| limits);
        let mut linker = Linker::new(&engine);
        for import in module.imports() {
            let ExternType::Func(ty) = import.ty() else {
                return Err(SnapshotError::Unsupported("an import that is not a function"));
            };
            let name = format!("it called the import {}.{}", import.module(), import.name());
            linker
                .func_new(import.module(), import.name(), ty.clone(), move |_, _, _| {
                    Err(wasmi::Error::new(name.clone()))
                })
                .map_err(|e| wasmi::Error::new(e.to_string()))?;
        }
        let instance = linker.instantiate_and_start(&mut store, &module)?;
        Ok(Self { store, instance })
    }

    fn has(&self, name: &str) -> bool {
        self.instance.get_func(&self.store, name).is_some()
    }

    fn prepare(&mut self, name: &str, input: &[u8]) -> Result<(), SnapshotError> {
        let prepare = self.instance.get_typed_func::<(i32, i32), ()>(&self.store, name)?;
        let malloc = self.instance.get_typed_func::<(i32, i32), i32>(&self.store, MALLOC);
        let malloc = malloc.map_err(|_| SnapshotError::Missing(MALLOC.to_owned()))?;
        let len = i32::try_from(input.len()).map_err(|_| SnapshotError::Unsupported("an input beyond 2 GiB"))?;
        let at = malloc.call(&mut self.store, (len, 1))?;
        let memory = self.instance.get_memory(&self.store, MEMORY_EXPORT);
        let memory = memory.ok_or_else(|| SnapshotError::Missing("memory".into()))?;
        let place = usize::try_from(at).map_err(|_| SnapshotError::Unsupported(BEYOND))?;
        memory.write(&mut self.store, place, input).map_err(|e| wasmi::Error::new(e.to_string()))?;
        Ok(prepare.call(&mut self.store, (at, len))?)
    }

    /// The stretches that a module names, one number at a time.
    fn others(&mut self, name: &str) -> Result<Vec<Range<usize>>, SnapshotError> {
        let place = self.instance.get_typed_func::<i32, i32>(&self.store, name)?;
        let mut ask = |n| Ok::<_, SnapshotError>(place.call(&mut self.store, n)? as u32 as usize);
        let mut others = vec![];
        for n in (0..MOST_OTHERS).step_by(2) {
            let place = ask(n)?..ask(n + 1)?;
            if place.end == 0 {
                let memory = self.memory()?.len();
                let astray = |place: &Range<usize>| place.start > place.end || place.end > memory;
                return if others.iter().any(astray) { Err(SnapshotError::Unsupported(OUTSIDE)) } else { Ok(others) };
            }
            others.push(place);
        }
        Err(SnapshotError::Unsupported("so many stretches of memory for a file of their own"))
    }

    fn sweep(&mut self, name: &str) -> Result<(), SnapshotError> {
        let sweep = self.instance.get_typed_func::<(), ()>(&self.store, name)?;
        Ok(sweep.call(&mut self.store, ())?)
    }

    /// From now on the memory refuses to grow.
    fn freeze(&mut self) -> Result<(), SnapshotError> {
        let now = self.memory()?.len();
        *self.store.data_mut() = StoreLimitsBuilder::new().memory_size(now).build();
        Ok(())
    }

    fn global(&self, name: &str) -> Result<Val, SnapshotError> {
        let global = self.instance.get_global(&self.store, name);
        Ok(global.ok_or_else(|| SnapshotError::Missing(name.to_owned()))?.get(&self.store))
    }

    fn table_sizes(&self, names: &[String]) -> Result<Vec<u64>, SnapshotError> {
        let size = |name: &String| {
            let table = self.instance.get_table(&self.store, name);
            Ok(table.ok_or_else(|| SnapshotError::Missing(name.clone()))?.size(&self.store))
        };
        names.iter().map(size).collect()
    }

    fn memory(&self) -> Result<&[u8], SnapshotError> {
        let memory = self.instance.get_memory(&self.store, MEMORY_EXPORT);
        Ok(memory.ok_or_else(|| SnapshotError::Missing("memory".into()))?.data(&self.store))
    }
}
