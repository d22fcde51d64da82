//! The allocator of a program that lives for milliseconds: memory is handed out and given back all at once, at exit.

use core::alloc::{GlobalAlloc, Layout};
use core::cell::UnsafeCell;
use core::mem::MaybeUninit;
use core::ptr;

/// Enough for an ordinary container, so that the first block needs no system call. Untouched pages cost nothing.
const FIRST_BYTES: usize = 256 * 1024;
/// The least that is asked of the kernel at once after that.
const CHUNK_BYTES: usize = 1024 * 1024;

/// A bump allocator. Only the newest block can grow in place or be given back.
pub(super) struct Arena {
    state: UnsafeCell<State>,
    first: UnsafeCell<Block>,
}

#[repr(align(16))]
struct Block {
    _bytes: MaybeUninit<[u8; FIRST_BYTES]>,
}

struct State {
    /// Where the next block begins; null before the first one.
    next: *mut u8,
    /// Where the memory at hand ends.
    end: *mut u8,
}

// SAFETY: the program never has a second thread; children of `clone3` have memory of their own.
unsafe impl Sync for Arena {}

impl Arena {
    pub(super) const fn new() -> Self {
        Self {
            state: UnsafeCell::new(State { next: ptr::null_mut(), end: ptr::null_mut() }),
            first: UnsafeCell::new(Block { _bytes: MaybeUninit::uninit() }),
        }
    }

    #[expect(clippy::mut_from_ref, reason = "one thread, and no caller keeps the reference")]
    fn state(&self) -> &mut State {
        // SAFETY: there is one thread, and the reference ends before any other is made.
        let state = unsafe { &mut *self.state.get() };
        if state.next.is_null() {
            state.next = self.first.get().cast();
            state.end = state.next.wrapping_add(FIRST_BYTES);
        }
        state
    }
}

impl State {
    /// Room for `size` bytes at a multiple of `align`; null when the kernel has none.
    fn take(&mut self, size: usize, align: usize) -> *mut u8 {
        let padding = self.next.addr().wrapping_neg() & (align - 1);
        let Some(needed) = size.checked_add(padding) else { return ptr::null_mut() };
        if needed > self.end.addr() - self.next.addr() {
            let Some(bytes) = size.checked_add(align) else { return ptr::null_mut() };
            let bytes = bytes.max(CHUNK_BYTES);
            let Some(chunk) = coracle::bare::map(bytes) else { return ptr::null_mut() };
            self.next = chunk;
            self.end = chunk.wrapping_add(bytes);
            return self.take(size, align);
        }
        let block = self.next.wrapping_add(padding);
        self.next = block.wrapping_add(size);
        block
    }
}

// SAFETY: blocks never overlap: each begins at or after the end of the one before, in memory that is ours alone.
unsafe impl GlobalAlloc for Arena {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        self.state().take(layout.size(), layout.align())
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        let state = self.state();
        if block.wrapping_add(layout.size()) == state.next {
            state.next = block;
        }
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        if size <= layout.size() {
            return block;
        }
        let state = self.state();
        let is_newest = block.wrapping_add(layout.size()) == state.next;
        if is_newest && size <= state.end.addr() - block.addr() {
            state.next = block.wrapping_add(size);
            return block;
        }
        let grown = state.take(size, layout.align());
        if !grown.is_null() {
            // SAFETY: both blocks have the smaller of the two sizes, and a new block overlaps no other.
            unsafe { ptr::copy_nonoverlapping(block, grown, layout.size().min(size)) };
        }
        grown
    }
}
