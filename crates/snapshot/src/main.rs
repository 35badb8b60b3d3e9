//! `spotter-snapshot IN.wasm INPUT OUT.wasm`: hands INPUT to the exported `prebuild` and keeps what it made.

use spotter_snapshot::{Plan, snapshot};
use std::{env, error::Error, fs, time::Instant};

fn main() -> Result<(), Box<dyn Error>> {
    let mut args = env::args().skip(1);
    let (Some(from), Some(input), Some(to), None) = (args.next(), args.next(), args.next(), args.next()) else {
        return Err("usage: spotter-snapshot IN.wasm INPUT OUT.wasm".into());
    };
    let start = Instant::now();
    let input = fs::read(&input)?;
    let plan = Plan { prepare: "prebuild", input: &input, sweep: "sweep" };
    let (wasm, figures) = snapshot(&fs::read(&from)?, plan)?;
    fs::write(&to, &wasm)?;
    println!(
        "{to}: {} bytes, {} of data in {} segments, memory {} bytes, {} ms",
        wasm.len(),
        figures.data,
        figures.segments,
        figures.memory,
        start.elapsed().as_millis()
    );
    Ok(())
}
