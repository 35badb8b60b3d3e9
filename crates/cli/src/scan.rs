//! `spotter scan`: a stream of listings through the detector, in order, in bounded memory.
//!
//! One thread reads, a few assess, the main thread writes. Batch `n` goes to worker `n mod workers` and comes
//! back from it, through short queues: order needs no sorting, and a slow reader of the output holds up the
//! reading of the input.

use crate::input::{self, Batch, Line, Lines};
use crate::{End, Failure, With};
use spotter_detector::{Detector, Scratch};
use spotter_model::{Date, limits};
use std::io::{self, Write};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;

/// Batches that wait in front of and behind each worker.
const QUEUE: usize = 2;

/// What became of a batch.
struct Done {
    output: Vec<u8>,
    /// Lines that are no listings, with their numbers.
    bad: Vec<(u64, String)>,
}

/// Runs the command on standard input and output.
pub fn run(with: &With) -> Result<End, Failure> {
    let detector = Arc::new(with.detector()?);
    let as_of = with.as_of();
    let workers = thread::available_parallelism().map_or(1, usize::from).clamp(1, 8);
    let mut to_workers: Vec<SyncSender<Batch>> = vec![];
    let mut from_workers: Vec<Receiver<Done>> = vec![];
    for _ in 0..workers {
        let (send, batches) = sync_channel::<Batch>(QUEUE);
        let (done, receive) = sync_channel::<Done>(QUEUE);
        let detector = Arc::clone(&detector);
        thread::spawn(move || {
            for batch in batches {
                if done.send(assess(&detector, as_of, batch)).is_err() {
                    break;
                }
            }
        });
        to_workers.push(send);
        from_workers.push(receive);
    }
    let reader = thread::spawn(move || -> io::Result<()> {
        let mut lines = Lines::new(io::stdin().lock());
        let mut turn = 0;
        while let Some(batch) = lines.batch()? {
            // A worker that is gone means that nobody reads the output any more.
            if to_workers[turn].send(batch).is_err() {
                break;
            }
            turn = (turn + 1) % to_workers.len();
        }
        Ok(())
    });
    let mut bad = 0u64;
    let mut out = io::stdout().lock();
    for turn in (0..workers).cycle() {
        // In turn: the first worker without an answer was the first without a batch.
        let Ok(done) = from_workers[turn].recv() else { break };
        for (number, what) in &done.bad {
            eprintln!("spotter: line {number} skipped: {what}");
        }
        bad += done.bad.len() as u64;
        match out.write_all(&done.output).and_then(|()| out.flush()) {
            Ok(()) => {}
            // Whoever read the output has seen enough. The process ends without waiting for its input.
            Err(e) if e.kind() == io::ErrorKind::BrokenPipe => return Ok(End::Fine),
            Err(e) => return Err(Failure::new(format!("the output cannot be written: {e}"))),
        }
    }
    match reader.join() {
        Ok(Ok(())) => {}
        Ok(Err(e)) => {
            return Err(Failure::new(format!("the input cannot be read on: {e}; what came before was assessed")));
        }
        Err(_) => return Err(Failure::new("the reading thread died; what was written is whole")),
    }
    if bad > 0 {
        eprintln!("spotter: {bad} lines were skipped, all others were assessed");
        return Ok(End::Complaints);
    }
    Ok(End::Fine)
}

fn assess(detector: &Detector, as_of: Date, batch: Batch) -> Done {
    let mut scratch = Scratch::default();
    let mut done = Done { output: Vec::with_capacity(batch.lines.len() * 256), bad: vec![] };
    for (line, number) in batch.lines.into_iter().zip(batch.first..) {
        let listing = match line {
            Line::TooLong => Err(format!("longer than {} bytes", limits::SCAN_LINE_BYTES)),
            Line::Text(text) => input::listing(&text),
        };
        match listing {
            Ok(None) => {}
            Ok(Some(listing)) => {
                let before = done.output.len();
                match serde_json::to_writer(&mut done.output, &detector.assess_with(&mut scratch, &[], &listing, as_of))
                {
                    Ok(()) => done.output.push(b'\n'),
                    Err(e) => {
                        done.output.truncate(before);
                        done.bad.push((number, e.to_string()));
                    }
                }
            }
            Err(what) => done.bad.push((number, what)),
        }
    }
    done
}
