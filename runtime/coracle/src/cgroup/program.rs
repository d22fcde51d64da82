//! The device policy as a program for cgroup version 2, which has no files for it.
//!
//! The kernel runs the program for each opening and making of a device node: it gets the kind, the numbers and the
//! wanted accesses, and answers 1 to allow. Rules are tried from the last to the first; an allowing rule takes its
//! accesses off the wanted ones, and the device is allowed once none is left.

use alloc::vec::Vec;

use super::device::{EVERY_ACCESS, Kind, Policy, Rule};

// Operations of eBPF, from `linux/bpf.h`: class, operation and source in one byte.
const LOAD_WORD: u8 = 0x61;
const MOVE: u8 = 0xb7;
const MOVE_REGISTER_32: u8 = 0xbc;
const AND_32: u8 = 0x54;
const SHIFT_RIGHT_32: u8 = 0x74;
const SKIP_IF_EQUAL_32: u8 = 0x16;
const SKIP_UNLESS_EQUAL_32: u8 = 0x56;
const EXIT: u8 = 0x95;

// Registers: r0 is the answer, r1 the context and later scratch.
const ANSWER: u8 = 0;
const CONTEXT: u8 = 1;
const SCRATCH: u8 = 1;
const KIND: u8 = 2;
const WANTED: u8 = 3;
const MAJOR: u8 = 4;
const MINOR: u8 = 5;

/// The program for a policy, each instruction in the kernel's eight-byte form.
#[must_use]
pub(super) fn compile(policy: &Policy) -> Vec<u64> {
    let mut program = prologue().to_vec();
    for rule in policy.rules.iter().rev() {
        program.extend(block(rule));
        if rule.is_total() {
            return program; // the verifier refuses what cannot be reached
        }
    }
    program.extend(answer(false));
    program
}

/// Loads kind, wanted accesses and numbers into their registers.
fn prologue() -> [u64; 6] {
    [
        load(KIND, 0),
        encode(MOVE_REGISTER_32, WANTED, KIND, 0, 0),
        with_constant(AND_32, KIND, 0xffff),
        with_constant(SHIFT_RIGHT_32, WANTED, 16),
        load(MAJOR, 4),
        load(MINOR, 8),
    ]
}

/// The instructions of one rule: tests that skip it, then what it decides.
fn block(rule: &Rule) -> Vec<u64> {
    let body = decision(rule);
    let tests = [
        (KIND, rule.kind.map(|kind| if kind == Kind::Block { 1 } else { 2 })),
        (MAJOR, rule.major),
        (MINOR, rule.minor),
    ];
    let mut block = Vec::with_capacity(body.len() + tests.len());
    let mut left = tests.iter().filter(|(_, number)| number.is_some()).count();
    for (register, number) in tests {
        if let Some(number) = number {
            left -= 1;
            block.push(skip(SKIP_UNLESS_EQUAL_32, register, number, left + body.len()));
        }
    }
    block.extend(body);
    block
}

/// What a rule decides about a device that it speaks of; runs on to the next rule if accesses stay open.
fn decision(rule: &Rule) -> Vec<u64> {
    let answer = answer(rule.allow);
    let mask = u32::from(rule.access);
    let mut body = Vec::with_capacity(5);
    match (rule.access == EVERY_ACCESS, rule.allow) {
        (true, _) => {}
        (false, true) => {
            body.push(with_constant(AND_32, WANTED, !mask));
            body.push(skip(SKIP_UNLESS_EQUAL_32, WANTED, 0, answer.len()));
        }
        (false, false) => {
            body.push(encode(MOVE_REGISTER_32, SCRATCH, WANTED, 0, 0));
            body.push(with_constant(AND_32, SCRATCH, mask));
            body.push(skip(SKIP_IF_EQUAL_32, SCRATCH, 0, answer.len()));
        }
    }
    body.extend(answer);
    body
}

fn answer(allow: bool) -> [u64; 2] {
    [with_constant(MOVE, ANSWER, u32::from(allow)), encode(EXIT, 0, 0, 0, 0)]
}

fn load(register: u8, offset: u16) -> u64 {
    encode(LOAD_WORD, register, CONTEXT, offset, 0)
}

fn with_constant(operation: u8, register: u8, constant: u32) -> u64 {
    encode(operation, register, 0, 0, constant)
}

fn skip(operation: u8, register: u8, constant: u32, count: usize) -> u64 {
    #[expect(clippy::cast_possible_truncation, reason = "a rule has at most eight instructions")]
    encode(operation, register, 0, count as u16, constant)
}

/// `struct bpf_insn` of a little-endian machine.
fn encode(operation: u8, target: u8, source: u8, offset: u16, constant: u32) -> u64 {
    u64::from(operation)
        | u64::from(target) << 8
        | u64::from(source) << 12
        | u64::from(offset) << 16
        | u64::from(constant) << 32
}

#[cfg(test)]
mod tests {
    use alloc::vec;

    use proptest::prelude::*;

    use super::*;

    /// Runs a program as the kernel would.
    #[expect(clippy::cast_possible_truncation, reason = "fields of an instruction")]
    fn run(program: &[u64], kind: u32, major: u32, minor: u32, wanted: u32) -> bool {
        let context = [wanted << 16 | kind, major, minor];
        let mut registers = [0_u32; 11];
        let mut at = 0;
        loop {
            let instruction = program[at];
            let target = (instruction >> 8 & 0xf) as usize;
            let source = (instruction >> 12 & 0xf) as usize;
            let offset = (instruction >> 16 & 0xffff) as usize;
            let constant = (instruction >> 32) as u32;
            at += 1;
            match instruction as u8 {
                LOAD_WORD => registers[target] = context[offset / 4],
                MOVE => registers[target] = constant,
                MOVE_REGISTER_32 => registers[target] = registers[source],
                AND_32 => registers[target] &= constant,
                SHIFT_RIGHT_32 => registers[target] >>= constant,
                SKIP_IF_EQUAL_32 => at += if registers[target] == constant { offset } else { 0 },
                SKIP_UNLESS_EQUAL_32 => at += if registers[target] == constant { 0 } else { offset },
                EXIT => return registers[ANSWER as usize] == 1,
                other => panic!("operation {other:#x}"),
            }
        }
    }

    /// The meaning of a policy, access by access: the last rule that speaks of it counts.
    fn allowed(rules: &[Rule], kind: Kind, major: u32, minor: u32, wanted: u8) -> bool {
        let bits = (0..3).map(|bit| 1 << bit).filter(|bit| wanted & bit != 0);
        bits.into_iter().all(|bit| {
            let speaks = |rule: &&Rule| {
                rule.kind.is_none_or(|only| only == kind)
                    && rule.major.is_none_or(|only| only == major)
                    && rule.minor.is_none_or(|only| only == minor)
                    && rule.access & bit != 0
            };
            rules.iter().rev().find(speaks).is_some_and(|rule| rule.allow)
        })
    }

    fn number(kind: Kind) -> u32 {
        if kind == Kind::Block { 1 } else { 2 }
    }

    fn rule() -> impl Strategy<Value = Rule> {
        let kind = prop_oneof![Just(None), Just(Some(Kind::Block)), Just(Some(Kind::Char))];
        let number = || prop_oneof![Just(None), (0..3_u32).prop_map(Some), Just(Some(u32::MAX))];
        (any::<bool>(), kind, number(), number(), 1..=EVERY_ACCESS)
            .prop_map(|(allow, kind, major, minor, access)| Rule { allow, kind, major, minor, access })
    }

    proptest! {
        #[test]
        fn the_program_decides_as_the_list_means(rules in proptest::collection::vec(rule(), 0..8)) {
            let program = compile(&Policy { rules: rules.clone() });
            for kind in [Kind::Block, Kind::Char] {
                for (major, minor) in [(0, 0), (1, 2), (2, u32::MAX), (u32::MAX, 1), (7, 7)] {
                    for wanted in 1..=EVERY_ACCESS {
                        prop_assert_eq!(
                            run(&program, number(kind), major, minor, u32::from(wanted)),
                            allowed(&rules, kind, major, minor, wanted)
                        );
                    }
                }
            }
        }
    }

    #[test]
    fn nothing_follows_a_rule_about_everything() {
        let total = Rule { allow: true, kind: None, major: None, minor: None, access: EVERY_ACCESS };
        let narrow = Rule { allow: false, kind: Some(Kind::Char), major: Some(1), minor: Some(3), access: 4 };
        let program = compile(&Policy { rules: vec![narrow, total] });
        assert_eq!(program.len(), prologue().len() + 2);
        assert!(run(&program, 2, 1, 3, 4));
    }

    #[test]
    fn without_rules_every_device_is_denied() {
        assert!(!run(&compile(&Policy { rules: vec![] }), 2, 1, 3, 2));
    }
}
