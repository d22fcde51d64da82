//! `bpf(2)`, as far as device programs need it.

use core::ffi::c_void;
use core::mem::size_of;

use rustix::fd::{AsFd, AsRawFd, FromRawFd, OwnedFd};
use rustix::io::Errno;

use super::raw::syscall3;

#[cfg(target_arch = "x86_64")]
const BPF: usize = 321;
#[cfg(target_arch = "aarch64")]
const BPF: usize = 280;

const PROG_LOAD: usize = 5;
const PROG_ATTACH: usize = 8;

const PROG_TYPE_CGROUP_DEVICE: u32 = 15;
const ATTACH_CGROUP_DEVICE: u32 = 6;
/// Programs of ancestors and descendants all run, and all must allow.
const ALLOW_MULTI: u32 = 2;

/// The head of `union bpf_attr` for `BPF_PROG_LOAD`; the kernel takes what is cut off as zero.
#[repr(C)]
struct LoadAttributes {
    prog_type: u32,
    insn_cnt: u32,
    insns: u64,
    license: u64,
}

/// The head of `union bpf_attr` for `BPF_PROG_ATTACH`.
#[repr(C)]
struct AttachAttributes {
    target_fd: i32,
    attach_bpf_fd: i32,
    attach_type: u32,
    attach_flags: u32,
}

/// Loads a device program: instructions in the kernel's eight-byte form.
///
/// # Errors
/// Those of `bpf(2)`: `EPERM` without `CAP_BPF`, `EINVAL` for a program that the verifier refuses.
pub(crate) fn load_device_program(instructions: &[u64]) -> Result<OwnedFd, Errno> {
    let attributes = LoadAttributes {
        prog_type: PROG_TYPE_CGROUP_DEVICE,
        insn_cnt: u32::try_from(instructions.len()).map_err(|_| Errno::TOOBIG)?,
        insns: instructions.as_ptr() as u64,
        license: c"GPL".as_ptr() as u64,
    };
    // SAFETY: the attributes, and the instructions and license they point to, outlive the call.
    let fd = unsafe { bpf(PROG_LOAD, &attributes) }?;
    #[expect(clippy::cast_possible_truncation, clippy::cast_possible_wrap, reason = "a descriptor is an int")]
    // SAFETY: the kernel has just returned this descriptor to us, close-on-exec.
    Ok(unsafe { OwnedFd::from_raw_fd(fd as i32) })
}

/// Attaches a device program to a cgroup, for as long as the cgroup exists.
///
/// # Errors
/// Those of `bpf(2)`: `EPERM` without `CAP_NET_ADMIN` over the cgroup, `EBADF` for an `O_PATH` descriptor.
pub(crate) fn attach_device_program(cgroup: impl AsFd, program: impl AsFd) -> Result<(), Errno> {
    let attributes = AttachAttributes {
        target_fd: cgroup.as_fd().as_raw_fd(),
        attach_bpf_fd: program.as_fd().as_raw_fd(),
        attach_type: ATTACH_CGROUP_DEVICE,
        attach_flags: ALLOW_MULTI,
    };
    // SAFETY: the attributes outlive the call and point nowhere.
    unsafe { bpf(PROG_ATTACH, &attributes) }.map(drop)
}

/// # Safety
/// `T` must be the head of `union bpf_attr` for `command`, and its pointers valid.
unsafe fn bpf<T>(command: usize, attributes: &T) -> Result<usize, Errno> {
    let pointer: *const c_void = core::ptr::from_ref(attributes).cast();
    // SAFETY: pointer and size describe `attributes`; the caller vouches for what is in it.
    unsafe { syscall3(BPF, command, pointer as usize, size_of::<T>()) }
}
