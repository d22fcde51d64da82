//! What the freestanding program needs in place of a libc: memory, an exit, a last word.

use core::fmt::Write as _;
use core::panic::PanicInfo;

use crate::stream::Stream;
use crate::sys;

/// The exit code after a panic, as Rust's own runtime has it.
const PANICKED: u8 = 101;

/// Fresh zeroed memory of at least `bytes`, never given back; nothing when the kernel has none.
#[must_use]
pub fn map(bytes: usize) -> Option<*mut u8> {
    sys::memory::map(bytes)
}

/// Ends the process at once: no destructors, no handlers.
pub fn exit(code: u8) -> ! {
    sys::exit::exit(code)
}

/// Says on standard error where the program contradicted itself, and exits.
pub fn panic(info: &PanicInfo<'_>) -> ! {
    // With standard error closed there is nobody left to tell.
    let _told = writeln!(Stream::Error, "coracle: {info}");
    exit(PANICKED)
}
