//! The system's allocator, counted: only in measurements.

#![allow(unsafe_code, reason = "an allocator cannot be written without; every call goes straight to the system's")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

/// Counts calls and what is held.
pub struct Counting {
    calls: AtomicUsize,
    live: AtomicUsize,
}

#[global_allocator]
pub static COUNTING: Counting = Counting { calls: AtomicUsize::new(0), live: AtomicUsize::new(0) };

impl Counting {
    /// Allocations so far.
    pub fn calls(&self) -> usize {
        self.calls.load(Relaxed)
    }

    /// Bytes that are held now.
    pub fn live(&self) -> usize {
        self.live.load(Relaxed)
    }
}

// SAFETY: hands every call on to the system's allocator as it came.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        self.calls.fetch_add(1, Relaxed);
        self.live.fetch_add(layout.size(), Relaxed);
        // SAFETY: the caller's promises are the same.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, at: *mut u8, layout: Layout) {
        self.live.fetch_sub(layout.size(), Relaxed);
        // SAFETY: as above.
        unsafe { System.dealloc(at, layout) }
    }

    unsafe fn realloc(&self, at: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        self.calls.fetch_add(1, Relaxed);
        self.live.fetch_add(size, Relaxed);
        self.live.fetch_sub(layout.size(), Relaxed);
        // SAFETY: as above.
        unsafe { System.realloc(at, layout, size) }
    }
}
