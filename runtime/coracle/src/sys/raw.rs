//! System calls by number.

use core::arch::asm;

use rustix::io::Errno;

/// Makes a system call of six arguments.
///
/// # Safety
/// The arguments must be what the call `number` asks for; pointers among them must be valid for it.
#[cfg(target_arch = "x86_64")]
pub(super) unsafe fn syscall(number: usize, arguments: [usize; 6]) -> Result<usize, Errno> {
    let mut result = number;
    // SAFETY: the caller vouches for the arguments; the kernel clobbers only rcx and r11.
    unsafe {
        asm!(
            "syscall",
            inlateout("rax") result,
            in("rdi") arguments[0],
            in("rsi") arguments[1],
            in("rdx") arguments[2],
            in("r10") arguments[3],
            in("r8") arguments[4],
            in("r9") arguments[5],
            lateout("rcx") _,
            lateout("r11") _,
            options(nostack),
        );
    }
    decode(result)
}

/// Makes a system call of six arguments.
///
/// # Safety
/// The arguments must be what the call `number` asks for; pointers among them must be valid for it.
#[cfg(target_arch = "aarch64")]
pub(super) unsafe fn syscall(number: usize, arguments: [usize; 6]) -> Result<usize, Errno> {
    let mut result = arguments[0];
    // SAFETY: the caller vouches for the arguments; the kernel clobbers only x0.
    unsafe {
        asm!(
            "svc 0",
            in("x8") number,
            inlateout("x0") result,
            in("x1") arguments[1],
            in("x2") arguments[2],
            in("x3") arguments[3],
            in("x4") arguments[4],
            in("x5") arguments[5],
            options(nostack),
        );
    }
    decode(result)
}

/// Makes a system call of three arguments.
///
/// # Safety
/// As for [`syscall`].
pub(super) unsafe fn syscall3(number: usize, a: usize, b: usize, c: usize) -> Result<usize, Errno> {
    // SAFETY: the caller's promise; the call ignores the rest.
    unsafe { syscall(number, [a, b, c, 0, 0, 0]) }
}

/// The kernel returns the negated error number in the last page of the address space.
fn decode(result: usize) -> Result<usize, Errno> {
    const MAX_ERRNO: usize = 4095;
    let negated = result.wrapping_neg();
    if (1..=MAX_ERRNO).contains(&negated) {
        #[expect(clippy::cast_possible_truncation, clippy::cast_possible_wrap, reason = "at most 4095")]
        return Err(Errno::from_raw_os_error(negated as i32));
    }
    Ok(result)
}
