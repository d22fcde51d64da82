//! Limits on an archive while it streams by, before anything of it is kept in memory or on disk.

use std::io::{self, Read};

use tar::{EntryType, Header, PaxExtensions};

/// How much the records of one entry may have, or a long name: real ones have some hundred bytes, they are kept in memory.
const RECORD_BYTES: u64 = 1 << 20;

/// How much any blob may inflate to, and how many times its own size beyond that. Gzip reaches 1032 times at most, real
/// layers 5.
const INFLATED_BYTES: u64 = 1 << 30;
const PROPORTION: u64 = 200;

/// Passes on what is inflated, as long as it is in proportion to the blob.
#[derive(Debug)]
pub struct Proportion<R> {
    inner: R,
    left: u64,
}

impl<R: Read> Proportion<R> {
    /// What a blob of `blob_bytes` inflates to.
    pub fn new(inner: R, blob_bytes: u64) -> Self {
        Self { inner, left: INFLATED_BYTES.max(blob_bytes.saturating_mul(PROPORTION)) }
    }
}

impl<R: Read> Read for Proportion<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        match self.left.checked_sub(count as u64) {
            Some(left) => self.left = left,
            None => return Err(refused(format!("it inflates to more than {PROPORTION} times its size"))),
        }
        Ok(count)
    }
}

/// Passes an archive on, and refuses headers that announce more than what is kept in memory may have.
#[derive(Debug)]
pub struct Guard<R> {
    inner: R,
    block: [u8; BLOCK],
    filled: usize,
    /// How many bytes of content, filled up to whole blocks, come before the next header.
    content: u64,
    /// Records that are coming by, and the size that such ones gave the next entry.
    records: Option<Vec<u8>>,
    size: Option<u64>,
    ended: bool,
}

const BLOCK: usize = 512;

impl<R: Read> Guard<R> {
    /// Watches an archive from its start.
    pub fn new(inner: R) -> Self {
        Self { inner, block: [0; BLOCK], filled: 0, content: 0, records: None, size: None, ended: false }
    }

    fn watch(&mut self, mut bytes: &[u8]) -> io::Result<()> {
        while !bytes.is_empty() && !self.ended {
            let wanted = if self.content > 0 { self.content } else { (BLOCK - self.filled) as u64 };
            let (now, later) = bytes.split_at(usize::try_from(wanted).unwrap_or(usize::MAX).min(bytes.len()));
            bytes = later;
            if self.content > 0 {
                self.pass(now);
                continue;
            }
            self.block[self.filled..self.filled + now.len()].copy_from_slice(now);
            self.filled += now.len();
            if self.filled == BLOCK {
                self.filled = 0;
                self.header()?;
            }
        }
        Ok(())
    }

    /// Content goes by; that of records is looked at for a size.
    fn pass(&mut self, content: &[u8]) {
        self.content -= content.len() as u64;
        if let Some(records) = &mut self.records {
            records.extend(content);
            if self.content == 0 {
                self.size = self.records.take().and_then(|records| size(&records));
            }
        }
    }

    fn header(&mut self) -> io::Result<()> {
        if self.block == [0; BLOCK] {
            self.ended = true;
            return Ok(());
        }
        let header = Header::from_byte_slice(&self.block);
        let (kind, own) = (header.entry_type(), header.entry_size()?);
        let extends = matches!(kind, EntryType::XHeader | EntryType::GNULongName | EntryType::GNULongLink);
        if extends && own > RECORD_BYTES {
            return Err(refused(format!("records or a name of {own} bytes, more than {RECORD_BYTES}")));
        }
        if kind == EntryType::GNUSparse {
            return Err(refused("a sparse file, which layers do not have".to_owned()));
        }
        let size = if extends { own } else { self.size.take().unwrap_or(own) };
        let whole = size.checked_next_multiple_of(BLOCK as u64);
        self.content = whole.ok_or_else(|| refused(format!("an entry of {size} bytes")))?;
        self.records = (kind == EntryType::XHeader && own > 0).then(Vec::new);
        Ok(())
    }
}

/// The size that records give the next entry; that they are well-formed is looked at where they are used.
fn size(records: &[u8]) -> Option<u64> {
    let mut records = PaxExtensions::new(records).filter_map(Result::ok);
    records.find(|record| record.key_bytes() == b"size")?.value().ok()?.parse().ok()
}

fn refused(why: String) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, why)
}

impl<R: Read> Read for Guard<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.watch(&buffer[..count])?;
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use fixtures::archive::{self, Field, Record};
    use fixtures::tree::Entry;
    use proptest::prelude::*;

    use super::*;

    /// Reads through a guard in pieces of this many bytes.
    fn guarded(bytes: &[u8], piece: usize) -> Result<usize, String> {
        let (mut guard, mut buffer, mut count) = (Guard::new(bytes), vec![0; piece], 0);
        loop {
            match guard.read(&mut buffer).map_err(|error| error.to_string())? {
                0 => return Ok(count),
                more => count += more,
            }
        }
    }

    #[test]
    fn what_would_be_kept_in_memory_has_a_limit() {
        let header = |kind, size| archive::Header::new(kind, b"f").octal(Field::Size, size).sealed();
        for kind in [b'x', b'L', b'K'] {
            guarded(&header(kind, RECORD_BYTES), 100).unwrap();
            let error = guarded(&header(kind, RECORD_BYTES + 1), 100).unwrap_err();
            assert_eq!(error, "records or a name of 1048577 bytes, more than 1048576");
        }
        guarded(&header(b'0', RECORD_BYTES + 1), 100).unwrap();
        // The header of a sparse file is seen where the content before it ends, also by a size in records.
        let records = archive::extension(&[Record::new("size", "513")]);
        let bytes = [records.as_slice(), &header(b'0', 0), &[b'x'; 1024], &header(b'S', 0)].concat();
        assert_eq!(guarded(&bytes, 7).unwrap_err(), "a sparse file, which layers do not have");
    }

    #[test]
    fn a_blob_may_inflate_in_proportion() {
        let read = |limit: u64, count: u64| {
            let mut stream = Proportion { inner: io::repeat(0).take(count), left: limit };
            io::copy(&mut stream, &mut io::sink()).map_err(|error| error.to_string())
        };
        assert_eq!(read(1000, 1000), Ok(1000));
        assert_eq!(read(1000, 1001), Err("it inflates to more than 200 times its size".to_owned()));
    }

    proptest! {
        #[test]
        fn ordinary_archives_pass_in_pieces_of_any_size(
            sizes in proptest::collection::vec(0_usize..2000, 0..6), piece in 1_usize..3000,
        ) {
            let long = "n".repeat(150);
            let entries: Vec<Entry> = sizes.iter().enumerate()
                .map(|(number, size)| Entry::file(format!("{long}{number}"), vec![b'S'; *size])).collect();
            let bytes = archive::pack(&entries);
            prop_assert_eq!(guarded(&bytes, piece), Ok(bytes.len()));
        }
    }
}
