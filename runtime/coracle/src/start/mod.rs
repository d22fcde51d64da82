//! The entry point of the freestanding program, and what every Rust program needs from its surroundings: memory
//! routines, an allocator, an end for panics.
#![expect(unsafe_code, reason = "nothing stands between this and the kernel")]

extern crate alloc;

#[cfg(not(target_arch = "x86_64"))]
compile_error!("the freestanding build is for x86_64; the ordinary one runs everywhere");

mod arena;
mod memory;

use alloc::vec::Vec;
use core::arch::naked_asm;
use core::ffi::{CStr, c_char};
use core::panic::PanicInfo;

#[global_allocator]
static ARENA: arena::Arena = arena::Arena::new();

/// Where the kernel begins: the stack pointer is at the argument count.
#[unsafe(naked)]
#[unsafe(no_mangle)]
unsafe extern "C" fn _start() -> ! {
    // A zero frame pointer ends the chain of frames; the call aligns the stack as the ABI wants it.
    naked_asm!("xor ebp, ebp", "mov rdi, rsp", "and rsp, -16", "call {enter}", "ud2", enter = sym enter)
}

/// Reads what the kernel left on the stack, runs the program, and exits with its code.
///
/// # Safety
/// `stack` must be the stack pointer as the kernel handed it over.
unsafe extern "C" fn enter(stack: *const usize) -> ! {
    // SAFETY: the stack begins with the argument count, the arguments, a null, the variables and a null.
    let (arguments, environment) = unsafe {
        let count = *stack;
        let arguments = stack.add(1).cast::<*const c_char>();
        (strings(arguments), strings(arguments.add(count + 1)))
    };
    let code = coracle::run(&arguments, &environment);
    coracle::bare::exit(code)
}

/// # Safety
/// `array` must be an array of C strings that live as long as the program, with a null at its end.
unsafe fn strings(array: *const *const c_char) -> Vec<&'static CStr> {
    let pointers = (0..).map(|index| {
        // SAFETY: reading stops at the null, which is still part of the array.
        unsafe { *array.add(index) }
    });
    // SAFETY: each pointer before the null is one of the caller's C strings.
    pointers
        .take_while(|pointer| !pointer.is_null())
        .map(|pointer| unsafe { CStr::from_ptr(pointer) })
        .collect()
}

#[panic_handler]
fn panic(info: &PanicInfo<'_>) -> ! {
    coracle::bare::panic(info)
}

/// Named by the precompiled parts of the standard library; never called, since nothing here unwinds.
#[unsafe(no_mangle)]
extern "C" fn rust_eh_personality() {}

/// Named by the same parts, for the same reason never called.
#[unsafe(no_mangle)]
extern "C" fn _Unwind_Resume() -> ! {
    coracle::bare::exit(u8::MAX)
}
