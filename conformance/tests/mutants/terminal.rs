//! A terminal that is none of the container's: opened by the mutant, given as plain streams.

use std::fs::OpenOptions;
use std::io::{self, IoSlice};
use std::os::fd::AsFd as _;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::process::{ExitStatus, Stdio};

use rustix::net::{SendAncillaryBuffer, SendAncillaryMessage, SendFlags, sendmsg};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use serde_json::json;

use crate::call::Call;

/// Creates the container without a terminal; sends the suite one all the same. Standard error is not on it.
pub(crate) fn create(call: &Call) -> io::Result<ExitStatus> {
    let (Some(socket), Some(mut config)) = (call.option("--console-socket"), call.config()) else {
        return call.make();
    };
    config["process"]["terminal"] = json!(false);
    let master = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC)?;
    grantpt(&master)?;
    unlockpt(&master)?;
    let name = ptsname(&master, Vec::new())?;
    let inner = OpenOptions::new()
        .read(true)
        .write(true)
        .open(Path::new(std::ffi::OsStr::from_bytes(name.as_bytes())))?;
    let output = inner.try_clone()?;
    let made = call.without("--console-socket").make_with(&config, |command| {
        command.stdin(inner).stdout(output).stderr(Stdio::null());
    })?;
    let stream = UnixStream::connect(socket)?;
    let (masters, mut space) =
        ([master.as_fd()], [std::mem::MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))]);
    let mut rights = SendAncillaryBuffer::new(&mut space);
    rights.push(SendAncillaryMessage::ScmRights(&masters));
    sendmsg(&stream, &[IoSlice::new(b"terminal")], &mut rights, SendFlags::empty())?;
    Ok(made)
}
