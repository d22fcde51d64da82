//! `execveat(2)`: becoming another program.

use core::ffi::{CStr, c_char};
use core::ptr;

use alloc::vec::Vec;

use rustix::fd::{AsRawFd, BorrowedFd};
use rustix::fs::{AtFlags, CWD};
use rustix::io::Errno;

use super::number::EXECVEAT;
use super::raw::syscall;

/// Arguments and environment in the form in which the kernel takes them: built before the clone, used after it.
#[derive(Debug)]
pub(crate) struct Image<'a> {
    arguments: Vec<*const c_char>,
    environment: Vec<*const c_char>,
    strings: core::marker::PhantomData<&'a CStr>,
}

impl<'a> Image<'a> {
    pub(crate) fn new(
        arguments: impl Iterator<Item = &'a CStr>,
        environment: impl Iterator<Item = &'a CStr>,
    ) -> Self {
        let pointers = |strings: &mut dyn Iterator<Item = &'a CStr>| {
            strings.map(CStr::as_ptr).chain([ptr::null()]).collect()
        };
        Self {
            arguments: pointers(&mut { arguments }),
            environment: pointers(&mut { environment }),
            strings: core::marker::PhantomData,
        }
    }

    /// Becomes the program at `path`; returns only if that fails.
    pub(crate) fn execute(&self, path: &CStr) -> Errno {
        self.execute_at(CWD, path, AtFlags::empty())
    }

    fn execute_at(&self, directory: BorrowedFd<'_>, path: &CStr, flags: AtFlags) -> Errno {
        #[expect(clippy::cast_sign_loss, reason = "the kernel takes an int in a register")]
        let arguments = [
            directory.as_raw_fd() as usize,
            path.as_ptr() as usize,
            self.arguments.as_ptr() as usize,
            self.environment.as_ptr() as usize,
            flags.bits() as usize,
            0,
        ];
        // SAFETY: the path is a C string; both arrays are C strings that outlive `self`, with a null at the end. If the
        // call returns, it has changed nothing.
        match unsafe { syscall(EXECVEAT, arguments) } {
            Err(errno) => errno,
            Ok(_) => Errno::INVAL,
        }
    }
}
