//! Architectures of system calls, and which of them one machine can make.

/// An architecture whose calls coracle can number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names of the architectures")]
pub enum Arch {
    X86_64,
    X86,
    X32,
    Aarch64,
    Arm,
}

/// Set in the number of each x32 call, which the kernel otherwise reports as one of x86-64.
pub(super) const X32_BIT: u32 = 0x4000_0000;
/// Where the private calls of ARM begin, and how the table writes that.
const ARM_PRIVATE: (u32, u16) = (0x000f_0000, 0xf000);

/// The architectures of the specification; those without a value are never native to a machine that coracle runs on,
/// nor can such a machine make their calls, so that a filter for them has nothing to say.
pub(crate) const ARCHITECTURES: [(&str, Option<Arch>); 23] = [
    ("SCMP_ARCH_X86", Some(Arch::X86)),
    ("SCMP_ARCH_X86_64", Some(Arch::X86_64)),
    ("SCMP_ARCH_X32", Some(Arch::X32)),
    ("SCMP_ARCH_ARM", Some(Arch::Arm)),
    ("SCMP_ARCH_AARCH64", Some(Arch::Aarch64)),
    ("SCMP_ARCH_MIPS", None),
    ("SCMP_ARCH_MIPS64", None),
    ("SCMP_ARCH_MIPS64N32", None),
    ("SCMP_ARCH_MIPSEL", None),
    ("SCMP_ARCH_MIPSEL64", None),
    ("SCMP_ARCH_MIPSEL64N32", None),
    ("SCMP_ARCH_PPC", None),
    ("SCMP_ARCH_PPC64", None),
    ("SCMP_ARCH_PPC64LE", None),
    ("SCMP_ARCH_S390", None),
    ("SCMP_ARCH_S390X", None),
    ("SCMP_ARCH_PARISC", None),
    ("SCMP_ARCH_PARISC64", None),
    ("SCMP_ARCH_RISCV64", None),
    ("SCMP_ARCH_LOONGARCH64", None),
    ("SCMP_ARCH_M68K", None),
    ("SCMP_ARCH_SH", None),
    ("SCMP_ARCH_SHEB", None),
];

impl Arch {
    /// The architecture coracle was built for.
    #[cfg(target_arch = "x86_64")]
    pub const NATIVE: Self = Self::X86_64;
    /// The architecture coracle was built for.
    #[cfg(target_arch = "aarch64")]
    pub const NATIVE: Self = Self::Aarch64;

    /// How the kernel reports it to a filter: `AUDIT_ARCH_*` of `linux/audit.h`.
    pub(super) const fn audit(self) -> u32 {
        match self {
            Self::X86_64 | Self::X32 => 0xc000_003e,
            Self::X86 => 0x4000_0003,
            Self::Aarch64 => 0xc000_00b7,
            Self::Arm => 0x4000_0028,
        }
    }

    /// The column of the table.
    pub(super) const fn column(self) -> usize {
        self as usize
    }

    /// The number the kernel reports for the number in the table.
    pub(super) const fn number(self, entry: u16) -> u32 {
        match self {
            Self::X32 => X32_BIT | entry as u32,
            Self::Arm if entry >= ARM_PRIVATE.1 => ARM_PRIVATE.0 + (entry - ARM_PRIVATE.1) as u32,
            _ => entry as u32,
        }
    }

    /// Whether arguments have 32 bits; the upper half the kernel reports is then without meaning.
    pub(super) const fn is_32_bit(self) -> bool {
        matches!(self, Self::X86 | Self::Arm)
    }

    /// Whether a machine of architecture `native` can make calls of this one.
    pub(super) const fn runs_on(self, native: Self) -> bool {
        match native {
            Self::X86_64 => matches!(self, Self::X86_64 | Self::X86 | Self::X32),
            Self::Aarch64 => matches!(self, Self::Aarch64 | Self::Arm),
            _ => self as u8 == native as u8,
        }
    }
}
