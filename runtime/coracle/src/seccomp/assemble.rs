//! The back end: classic BPF, written from its end to its beginning.
//!
//! Classic BPF jumps forward only, and a test at most 255 instructions far. Written backward, every target exists
//! before the jump to it, so that each distance is known when it is written, and a test whose target is too far away
//! gets a long jump next to itself.

use alloc::vec::Vec;

use super::action::Operator;
use super::ranges::{Decision, Range, Section};
use super::rules::Condition;
use crate::sys::filter::Instruction;

// Operations, from `linux/bpf_common.h`.
const LOAD: u16 = 0x20;
const JUMP: u16 = 0x05;
const IF_EQUAL: u16 = 0x15;
const IF_GREATER: u16 = 0x25;
const IF_GREATER_OR_EQUAL: u16 = 0x35;
const AND: u16 = 0x54;
const RETURN: u16 = 0x06;

// Offsets in `struct seccomp_data`.
const NUMBER: u32 = 0;
const ARCH: u32 = 4;
const ARGUMENTS: u32 = 16;

/// An instruction that is written: its index from the end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Label(usize);

/// Instructions, the last one first.
#[derive(Default)]
struct Assembler {
    backward: Vec<Instruction>,
    /// Where each verdict was last returned.
    returns: Vec<(u32, Label)>,
}

/// The program for all sections; `foreign` for architectures of which there is none.
pub(super) fn assemble(sections: &[Section], foreign: u32) -> Vec<Instruction> {
    let mut assembler = Assembler::default();
    let entries: Vec<(u32, Label)> =
        sections.iter().rev().map(|section| (section.audit, assembler.section(section))).collect();
    let mut start = assembler.verdict(foreign);
    for (audit, entry) in entries {
        start = assembler.test((IF_EQUAL, audit), entry, start);
    }
    assembler.load(ARCH, start);
    assembler.backward.reverse();
    assembler.backward
}

impl Assembler {
    fn section(&mut self, section: &Section) -> Label {
        let tree = self.tree(&section.ranges, section.is_32_bit);
        self.load(NUMBER, tree)
    }

    /// A binary tree over the ranges, so that each call is decided after log2 of their number.
    fn tree(&mut self, ranges: &[Range], is_32_bit: bool) -> Label {
        let (lower, upper) = ranges.split_at(ranges.len() / 2);
        match upper {
            [] => self.verdict(super::action::KILL_PROCESS), // no ranges: no section has that
            [only] if lower.is_empty() => self.decision(&only.decision, is_32_bit),
            [first, ..] => {
                let above = self.tree(upper, is_32_bit);
                let below = self.tree(lower, is_32_bit);
                self.test((IF_GREATER_OR_EQUAL, first.start), above, below)
            }
        }
    }

    fn decision(&mut self, decision: &Decision, is_32_bit: bool) -> Label {
        match decision {
            Decision::Verdict(verdict) => self.verdict(*verdict),
            Decision::Clauses(clauses, otherwise) => {
                let mut next = self.verdict(*otherwise);
                for clause in clauses.iter().rev() {
                    let mut holds = self.verdict(clause.verdict);
                    for condition in clause.conditions.iter().rev() {
                        holds = self.condition(*condition, is_32_bit, (holds, next));
                    }
                    next = holds;
                }
                next
            }
        }
    }

    fn condition(&mut self, condition: Condition, is_32_bit: bool, (yes, no): (Label, Label)) -> Label {
        match condition.operator {
            Operator::Equal => self.equal(condition, is_32_bit, (yes, no)),
            Operator::NotEqual => self.equal(condition, is_32_bit, (no, yes)),
            Operator::MaskedEqual => self.masked(condition, is_32_bit, (yes, no)),
            Operator::Greater => self.above(condition, IF_GREATER, is_32_bit, (yes, no)),
            Operator::GreaterOrEqual => self.above(condition, IF_GREATER_OR_EQUAL, is_32_bit, (yes, no)),
            Operator::LessOrEqual => self.above(condition, IF_GREATER, is_32_bit, (no, yes)),
            Operator::Less => self.above(condition, IF_GREATER_OR_EQUAL, is_32_bit, (no, yes)),
        }
    }

    fn equal(&mut self, condition: Condition, is_32_bit: bool, (yes, no): (Label, Label)) -> Label {
        let test = self.test((IF_EQUAL, low(condition.value)), yes, no);
        let lower = self.load(low_of(condition.index), test);
        if is_32_bit {
            return lower;
        }
        let test = self.test((IF_EQUAL, high(condition.value)), lower, no);
        self.load(high_of(condition.index), test)
    }

    /// Greater, or with the other operation greater or equal: the upper half decides unless it is equal.
    fn above(
        &mut self,
        condition: Condition,
        operation: u16,
        is_32_bit: bool,
        (yes, no): (Label, Label),
    ) -> Label {
        let test = self.test((operation, low(condition.value)), yes, no);
        let lower = self.load(low_of(condition.index), test);
        if is_32_bit {
            return lower;
        }
        let equal = self.test((IF_EQUAL, high(condition.value)), lower, no);
        let greater = self.test((IF_GREATER, high(condition.value)), yes, equal);
        self.load(high_of(condition.index), greater)
    }

    fn masked(&mut self, condition: Condition, is_32_bit: bool, (yes, no): (Label, Label)) -> Label {
        let (mask, wanted) = (condition.value, condition.value_two);
        let test = self.test((IF_EQUAL, low(wanted)), yes, no);
        let masked = self.push_before(test, AND, low(mask));
        let lower = self.load(low_of(condition.index), masked);
        if is_32_bit {
            return lower;
        }
        let test = self.test((IF_EQUAL, high(wanted)), lower, no);
        let masked = self.push_before(test, AND, high(mask));
        self.load(high_of(condition.index), masked)
    }

    /// Returns `verdict`; an instruction that does so is used again while it is near.
    fn verdict(&mut self, verdict: u32) -> Label {
        let known = self.returns.iter().find(|(known, label)| *known == verdict && self.is_near(*label));
        if let Some((_, label)) = known {
            return *label;
        }
        let label = self.push(RETURN, verdict);
        self.returns.retain(|(known, _)| *known != verdict);
        self.returns.push((verdict, label));
        label
    }

    /// Tests the loaded word and goes on at one of two labels.
    fn test(&mut self, (operation, operand): (u16, u32), mut yes: Label, mut no: Label) -> Label {
        if yes == no {
            return yes;
        }
        loop {
            match (u8::try_from(self.distance(yes)), u8::try_from(self.distance(no))) {
                (Ok(jt), Ok(jf)) => {
                    return self.push_instruction(Instruction { code: operation, jt, jf, k: operand });
                }
                (Err(_), _) => yes = self.jump(yes),
                (_, Err(_)) => no = self.jump(no),
            }
        }
    }

    /// Loads a word of the call's data, then goes on at `next`.
    fn load(&mut self, offset: u32, next: Label) -> Label {
        self.push_before(next, LOAD, offset)
    }

    /// An instruction after which the program goes on at `next`.
    fn push_before(&mut self, next: Label, code: u16, operand: u32) -> Label {
        if self.distance(next) != 0 {
            self.jump(next);
        }
        self.push(code, operand)
    }

    fn jump(&mut self, target: Label) -> Label {
        #[expect(clippy::cast_possible_truncation, reason = "the kernel takes 4096 instructions")]
        let distance = self.distance(target) as u32;
        self.push(JUMP, distance)
    }

    /// How many instructions an instruction written now would skip to reach `target`.
    fn distance(&self, target: Label) -> usize {
        self.backward.len() - target.0 - 1
    }

    fn is_near(&self, target: Label) -> bool {
        u8::try_from(self.distance(target)).is_ok()
    }

    fn push(&mut self, code: u16, operand: u32) -> Label {
        self.push_instruction(Instruction { code, jt: 0, jf: 0, k: operand })
    }

    fn push_instruction(&mut self, instruction: Instruction) -> Label {
        self.backward.push(instruction);
        Label(self.backward.len() - 1)
    }
}

/// Where the lower half of an argument is: first, on the little-endian machines that coracle runs on.
fn low_of(argument: u8) -> u32 {
    ARGUMENTS + 8 * u32::from(argument)
}

fn high_of(argument: u8) -> u32 {
    low_of(argument) + 4
}

#[expect(clippy::cast_possible_truncation, reason = "the lower half is what is asked for")]
fn low(value: u64) -> u32 {
    value as u32
}

fn high(value: u64) -> u32 {
    low(value >> 32)
}
