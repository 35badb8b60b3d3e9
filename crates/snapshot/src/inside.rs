//! The module's side.

/// Overwrites free heap memory with zeros, so that it need not be kept: takes every free block, largest
/// first, zeroes it and gives all back. Meant for a memory that cannot grow; natively it does nothing useful.
pub fn sweep() {
    // The second time for the list that the first one kept of its blocks.
    [4096, 64].into_iter().for_each(sweep_blocks);
}

fn sweep_blocks(most: usize) {
    const LARGEST: usize = if cfg!(target_arch = "wasm32") { 64 << 20 } else { 1 << 10 };
    let mut blocks: Vec<Vec<u8>> = Vec::new();
    if blocks.try_reserve_exact(most).is_err() {
        return;
    }
    let mut size = LARGEST;
    while size >= 16 && blocks.len() < blocks.capacity() {
        let mut block = Vec::new();
        if block.try_reserve_exact(size).is_ok() {
            // Not `vec![0; size]`: that aborts where this returns.
            block.extend(std::iter::repeat_n(0_u8, size));
            blocks.push(block);
        } else {
            size -= size.div_ceil(8);
        }
    }
}
