//! The build's side: a module in two, so that whoever wakes up compiles what it needs first and nothing else.
//!
//! Owns: how both halves find each other, and the module that tells which functions ran. Never: changes what a function does,
//! or decides which half it belongs to.
//!
//! The first module has the memory, the tables, the globals and the functions that ran while the module of [`watched`] was
//! tried. In place of every other function that it must mention stands a stub, which calls through a table of its own,
//! [`LATER`]: as long as that is empty, a stub traps. What ran is no proof of what will run, so whoever uses the first half
//! alone must be able to go back. The second module has the other functions, takes all else from the first one's exports, and
//! fills that table.

use crate::outside::{SnapshotError, parse};
use std::collections::HashMap;
use walrus::ir::{BinaryOp, RefFunc, UnaryOp, Value, Visitor, dfs_in_order};
use walrus::{
    ConstExpr, ElementItems, ElementKind, ExportItem, FunctionBuilder, FunctionId, FunctionKind, GlobalKind,
    ImportedFunction, LocalFunction, Module, RefType, ValType,
};

/// The first module's export: the table that the second one fills.
const LATER: &str = "later";
/// Under this name the second module asks for the first one's exports.
const FIRST: &str = "first";
/// So begin the names of what the first module shares.
const SHARED: char = '.';
/// So begin the names of what tells whether a function ran.
pub const RAN: &str = ".ran";

/// The module with an exported global for each of its functions, [`RAN`] and the function's place: 0 until it is called for the
/// first time, then how many others were called before it, and one.
///
/// # Errors
/// When the module cannot be read.
pub fn watched(wasm: &[u8]) -> Result<Vec<u8>, SnapshotError> {
    let mut module = Module::from_buffer(wasm).map_err(parse)?;
    let zero = ConstExpr::Value(Value::I32(0));
    let count = module.globals.add_local(ValType::I32, true, false, zero.clone());
    let ids: Vec<FunctionId> = module.funcs.iter().map(walrus::Function::id).collect();
    for (at, id) in ids.into_iter().enumerate() {
        let FunctionKind::Local(function) = &mut module.funcs.get_mut(id).kind else { continue };
        let order = module.globals.add_local(ValType::I32, true, false, zero.clone());
        let mut body = function.builder_mut().func_body();
        body.if_else_at(
            0,
            None,
            |first| {
                first.global_get(count).i32_const(1).binop(BinaryOp::I32Add).global_set(count);
                first.global_get(count).global_set(order);
            },
            |_| {},
        );
        body.unop_at(0, UnaryOp::I32Eqz).global_get_at(0, order);
        module.exports.add(&format!("{RAN}{at}"), order);
    }
    Ok(module.emit_wasm())
}

/// Splits a module that has no data. `ran` holds the places of the functions that the first half keeps, as [`watched`] names
/// them.
///
/// # Errors
/// When the module cannot be read, holds what two cannot share, or has no such function.
pub fn split(wasm: &[u8], ran: &[usize]) -> Result<(Vec<u8>, Vec<u8>), SnapshotError> {
    let mut one = Module::from_buffer(wasm).map_err(parse)?;
    let mut two = Module::from_buffer(wasm).map_err(parse)?;
    check(&one)?;
    let plan = Plan::of(&one, ran)?;
    plan.keep(&mut one);
    plan.take(&mut two);
    walrus::passes::gc::run(&mut two);
    // What the second half does not ask for is no export of the first.
    let asked: Vec<&str> = two.imports.iter().filter(|i| i.module == FIRST).map(|i| i.name.as_str()).collect();
    let own = |name: &str| name.starts_with(SHARED) && !asked.contains(&name);
    let unasked: Vec<_> = one.exports.iter().filter(|e| own(&e.name)).map(walrus::Export::id).collect();
    unasked.into_iter().for_each(|id| one.exports.delete(id));
    walrus::passes::gc::run(&mut one);
    Ok((one.emit_wasm(), two.emit_wasm()))
}

/// Refuses what only one of two modules could have.
fn check(module: &Module) -> Result<(), SnapshotError> {
    let unsupported = |what| Err(SnapshotError::Unsupported(what));
    if module.start.is_some() {
        return unsupported("a start function in two");
    }
    if module.data.iter().next().is_some() {
        return unsupported("data in two");
    }
    if module
        .elements
        .iter()
        .any(|e| !matches!((&e.kind, &e.items), (ElementKind::Active { .. }, ElementItems::Functions(_))))
    {
        return unsupported("a table that is not filled with functions at once");
    }
    if module.exports.iter().any(|e| e.name == LATER || e.name.starts_with(SHARED)) {
        return unsupported("a module that was divided before");
    }
    Ok(())
}

/// What a function mentions.
#[derive(Default)]
struct Mentioned {
    functions: Vec<FunctionId>,
    as_value: bool,
}

impl Visitor<'_> for Mentioned {
    fn visit_function_id(&mut self, function: &FunctionId) {
        self.functions.push(*function);
    }

    fn visit_ref_func(&mut self, _: &RefFunc) {
        self.as_value = true;
    }
}

fn mentioned(function: &LocalFunction) -> Mentioned {
    let mut mentioned = Mentioned::default();
    dfs_in_order(&mut mentioned, function, function.entry_block());
    mentioned
}

/// Who gets which function. Functions are known by their place: both modules were read from the same bytes.
struct Plan {
    /// Whether the first half keeps it; imported ones are kept as well.
    kept: Vec<bool>,
    /// Functions of the second half for which the first has a stub, in the order of the table.
    stubs: Vec<usize>,
}

impl Plan {
    fn of(module: &Module, ran: &[usize]) -> Result<Self, SnapshotError> {
        let ids: Vec<FunctionId> = module.funcs.iter().map(walrus::Function::id).collect();
        let places: HashMap<FunctionId, usize> = ids.iter().copied().zip(0..).collect();
        let local = |at: usize| match &module.funcs.get(ids[at]).kind {
            FunctionKind::Local(function) => Some(function),
            _ => None,
        };
        let mut kept: Vec<bool> = (0..ids.len()).map(|at| local(at).is_none()).collect();
        for &at in ran {
            *kept.get_mut(at).ok_or_else(|| SnapshotError::Missing(format!("function {at}")))? = true;
        }
        let mut stubs: Vec<usize> = vec![];
        for (at, &keeps) in kept.iter().enumerate() {
            let Some(function) = local(at) else { continue };
            let Mentioned { functions, as_value } = mentioned(function);
            if as_value {
                return Err(SnapshotError::Unsupported("a function that is a value"));
            }
            if keeps {
                stubs.extend(functions.iter().map(|f| places[f]));
            }
        }
        stubs.extend(module.exports.iter().filter_map(|e| match e.item {
            ExportItem::Function(f) => Some(places[&f]),
            _ => None,
        }));
        for element in module.elements.iter() {
            if let ElementItems::Functions(functions) = &element.items {
                stubs.extend(functions.iter().map(|f| places[f]));
            }
        }
        stubs.retain(|&at| !kept[at]);
        stubs.sort_unstable();
        stubs.dedup();
        Ok(Self { kept, stubs })
    }

    fn count(&self) -> u64 {
        self.stubs.len() as u64
    }

    /// Makes the first half.
    fn keep(&self, module: &mut Module) {
        let ids: Vec<FunctionId> = module.funcs.iter().map(walrus::Function::id).collect();
        let later = module.tables.add_local(false, self.count(), Some(self.count()), RefType::FUNCREF);
        for (&at, slot) in self.stubs.iter().zip(0..) {
            let ty = module.funcs.get(ids[at]).ty();
            let (params, results) = module.types.params_results(ty);
            let (params, results) = (params.to_vec(), results.to_vec());
            let args: Vec<_> = params.iter().map(|&param| module.locals.add(param)).collect();
            let mut builder = FunctionBuilder::new(&mut module.types, &params, &results);
            let mut body = builder.func_body();
            for &arg in &args {
                body.local_get(arg);
            }
            body.i32_const(slot).call_indirect(ty, later);
            module.funcs.get_mut(ids[at]).kind = FunctionKind::Local(builder.local_func(args));
        }
        module.exports.add(LATER, later);
        for (&id, at) in ids.iter().zip(0..).filter(|&(_, at)| self.kept[at]) {
            module.exports.add(&name('f', at), id);
        }
        for (memory, at) in module.memories.iter().zip(0..) {
            module.exports.add(&name('m', at), memory.id());
        }
        for (table, at) in module.tables.iter().filter(|table| table.id() != later).zip(0..) {
            module.exports.add(&name('t', at), table.id());
        }
        for (global, at) in module.globals.iter().zip(0..) {
            module.exports.add(&name('g', at), global.id());
        }
    }

    /// Makes the second half.
    fn take(&self, module: &mut Module) {
        let ids: Vec<FunctionId> = module.funcs.iter().map(walrus::Function::id).collect();
        for (&id, at) in ids.iter().zip(0..).filter(|&(_, at)| self.kept[at]) {
            let ty = module.funcs.get(id).ty();
            if let FunctionKind::Import(imported) = &module.funcs.get(id).kind {
                let import = module.imports.get_mut(imported.import);
                FIRST.clone_into(&mut import.module);
                import.name = name('f', at);
            } else {
                let import = module.imports.add(FIRST, &name('f', at), id);
                module.funcs.get_mut(id).kind = FunctionKind::Import(ImportedFunction { import, ty });
            }
        }
        let exports: Vec<_> = module.exports.iter().map(walrus::Export::id).collect();
        exports.into_iter().for_each(|id| module.exports.delete(id));
        let memories: Vec<_> = module.memories.iter().map(walrus::Memory::id).collect();
        for (at, &id) in memories.iter().enumerate() {
            module.memories.get_mut(id).import = Some(module.imports.add(FIRST, &name('m', at), id));
        }
        let tables: Vec<_> = module.tables.iter().map(walrus::Table::id).collect();
        for (at, &id) in tables.iter().enumerate() {
            let import = module.imports.add(FIRST, &name('t', at), id);
            let table = module.tables.get_mut(id);
            table.import = Some(import);
            table.elem_segments.clear();
        }
        let globals: Vec<_> = module.globals.iter().map(walrus::Global::id).collect();
        for (at, &id) in globals.iter().enumerate() {
            module.globals.get_mut(id).kind = GlobalKind::Import(module.imports.add(FIRST, &name('g', at), id));
        }
        let elements: Vec<_> = module.elements.iter().map(walrus::Element::id).collect();
        elements.into_iter().for_each(|id| module.elements.delete(id));
        let count = self.count();
        let (table, _) = module.add_import_table(FIRST, LATER, false, count, Some(count), RefType::FUNCREF);
        let kind = ElementKind::Active { table, offset: ConstExpr::Value(Value::I32(0)) };
        let functions = self.stubs.iter().map(|&at| ids[at]).collect();
        let element = module.elements.add(kind, ElementItems::Functions(functions));
        module.tables.get_mut(table).elem_segments.insert(element);
    }
}

/// What the first half calls what it shares: no name that another export has.
fn name(kind: char, at: usize) -> String {
    format!("{SHARED}{kind}{at:x}")
}
