//! The memory routines that compiled code calls by name.
//!
//! What coracle moves is mostly shorter than a cache line: short lengths take one or two moves of a machine word, the
//! rest a string instruction. Code that is not there costs no page fault.

use core::arch::asm;
use core::ffi::{c_char, c_int};
use core::ptr;

/// # Safety
/// As for C's `memcpy`.
#[unsafe(no_mangle)]
unsafe extern "C" fn memcpy(to: *mut u8, from: *const u8, count: usize) -> *mut u8 {
    // SAFETY: the caller vouches for both ranges, and each arm stays within them.
    unsafe {
        match count {
            0 => {}
            1 => *to = *from,
            2..4 => ends::<u16>(to, from, count),
            4..8 => ends::<u32>(to, from, count),
            8..16 => ends::<u64>(to, from, count),
            16..=32 => ends::<u128>(to, from, count),
            _ => asm!(
                "rep movsb",
                inout("rcx") count => _,
                inout("rdi") to => _,
                inout("rsi") from => _,
                options(nostack, preserves_flags),
            ),
        }
    }
    to
}

/// Copies the first and the last bytes, which overlap in the middle; both are read before either is written.
///
/// # Safety
/// Both ranges have at least one `T` and at most two.
#[inline]
unsafe fn ends<T: Copy>(to: *mut u8, from: *const u8, count: usize) {
    let last = count - size_of::<T>();
    // SAFETY: the caller vouches for both ranges.
    unsafe {
        let first_part: T = ptr::read_unaligned(from.cast());
        let last_part: T = ptr::read_unaligned(from.add(last).cast());
        ptr::write_unaligned(to.cast(), first_part);
        ptr::write_unaligned(to.add(last).cast(), last_part);
    }
}

/// # Safety
/// As for C's `memmove`.
#[unsafe(no_mangle)]
unsafe extern "C" fn memmove(to: *mut u8, from: *const u8, count: usize) -> *mut u8 {
    if count <= 32 || to.addr().wrapping_sub(from.addr()) >= count {
        // SAFETY: the short forms read all before they write; otherwise `to` does not begin inside the source, and
        // copying upward reads each byte before it is overwritten.
        return unsafe { memcpy(to, from, count) };
    }
    // SAFETY: the caller vouches for both ranges; the direction flag is cleared again, as the ABI asks.
    unsafe {
        asm!(
            "std",
            "rep movsb",
            "cld",
            inout("rcx") count => _,
            inout("rdi") to.add(count - 1) => _,
            inout("rsi") from.add(count - 1) => _,
            options(nostack),
        );
    }
    to
}

/// # Safety
/// As for C's `memset`.
#[unsafe(no_mangle)]
unsafe extern "C" fn memset(to: *mut u8, value: c_int, count: usize) -> *mut u8 {
    // SAFETY: the caller vouches for the range; `al` is the low byte of `value`, as C asks.
    unsafe {
        asm!(
            "rep stosb",
            inout("rcx") count => _,
            inout("rdi") to => _,
            in("eax") value,
            options(nostack, preserves_flags),
        );
    }
    to
}

/// # Safety
/// As for C's `memcmp`.
#[unsafe(no_mangle)]
unsafe extern "C" fn memcmp(left: *const u8, right: *const u8, count: usize) -> c_int {
    let mut index = 0;
    // SAFETY: the caller vouches for `count` bytes of both, and every read ends at or before that.
    unsafe {
        while index + 8 <= count && word(left, index) == word(right, index) {
            index += 8;
        }
        while index < count {
            let (a, b) = (ptr::read_volatile(left.add(index)), ptr::read_volatile(right.add(index)));
            if a != b {
                return c_int::from(a) - c_int::from(b);
            }
            index += 1;
        }
    }
    0
}

/// # Safety
/// Eight bytes from `index` on must be readable.
#[inline]
unsafe fn word(bytes: *const u8, index: usize) -> u64 {
    // SAFETY: the caller's promise.
    unsafe { ptr::read_unaligned(bytes.add(index).cast()) }
}

/// # Safety
/// As for `memcmp`; only whether the result is zero counts.
#[unsafe(no_mangle)]
unsafe extern "C" fn bcmp(left: *const u8, right: *const u8, count: usize) -> c_int {
    // SAFETY: the same contract.
    unsafe { memcmp(left, right, count) }
}

/// # Safety
/// As for C's `strlen`.
#[unsafe(no_mangle)]
unsafe extern "C" fn strlen(text: *const c_char) -> usize {
    let mut length = 0;
    // SAFETY: the string ends with a NUL, and no byte after it is read. Volatile, lest the loop become a call of itself.
    while unsafe { ptr::read_volatile(text.add(length)) } != 0 {
        length += 1;
    }
    length
}
