//! The session keyring of a container: whether it has one, and its name.

use alloc::format;
use alloc::string::String;

use rustix::io::Errno;
use rustix::rand::{GetRandomFlags, getrandom};

use crate::state::Id;

/// Which session keyring a container gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keyring {
    /// One of its own.
    New,
    /// The caller's.
    Callers,
}

/// A name for the session keyring of a container, which nobody can have given to another one before.
///
/// `exec` can only find the keyring by its name, and the kernel, asked to make one, gives one that has the name already
/// if it can be searched: to whoever guesses the name the container would show its keys.
///
/// # Errors
/// That of `getrandom(2)`.
pub(super) fn name(id: &Id) -> Result<String, Errno> {
    let mut random = [0; size_of::<u64>()];
    // Never waits, not even right after the boot.
    getrandom(&mut random, GetRandomFlags::INSECURE)?;
    Ok(named(id, u64::from_ne_bytes(random)))
}

fn named(id: &Id, random: u64) -> String {
    format!("_ses.{id}.{random:016x}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_containers_of_one_id_have_two_names_that_begin_as_engines_know_them() {
        let id = Id::parse("web").unwrap();
        assert_eq!(named(&id, 7), "_ses.web.0000000000000007");
        assert_ne!(named(&id, 7), named(&id, 8));
    }
}
