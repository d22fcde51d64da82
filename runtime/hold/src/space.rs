//! Room on a disk: whether it was the lack of it that made something fail, whatever that was.

use std::error::Error;
use std::io::{self, ErrorKind};

/// What a disk lacks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lack {
    /// Room, or inodes.
    Space,
    /// Room for this user.
    Quota,
    /// Leave to write.
    Writing,
}

impl Lack {
    /// What to do about it, as the end of a message.
    #[must_use]
    pub fn advice(self) -> &'static str {
        match self {
            Self::Space => "; free some space or inodes there (`hold gc`, `df`, `df -i`) and try again",
            Self::Quota => "; raise the quota or free some space there and try again",
            Self::Writing => "; mount it writable and try again",
        }
    }
}

/// What a disk lacked, where that is behind an error; asks every cause of it.
#[must_use]
pub fn lack(error: &(dyn Error + 'static)) -> Option<Lack> {
    let kind = error.downcast_ref::<io::Error>().map(io::Error::kind);
    match kind {
        Some(ErrorKind::StorageFull) => Some(Lack::Space),
        Some(ErrorKind::QuotaExceeded) => Some(Lack::Quota),
        Some(ErrorKind::ReadOnlyFilesystem) => Some(Lack::Writing),
        _ => lack(error.source()?),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::unpack::UnpackError;

    #[test]
    fn the_lack_is_found_behind_any_error() {
        let unpack = |kind: ErrorKind| UnpackError::Target { target: "/t".into(), source: kind.into() };
        assert_eq!(lack(&unpack(ErrorKind::StorageFull)), Some(Lack::Space));
        let nested = io::Error::other(unpack(ErrorKind::QuotaExceeded));
        assert_eq!(lack(&nested), Some(Lack::Quota));
        assert_eq!(lack(&unpack(ErrorKind::NotFound)), None);
    }
}
