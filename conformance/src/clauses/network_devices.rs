//! Clauses of `config-linux.md#network-devices`.

use record::Level::Must;

use crate::Clause;

/// The configured network devices are in the container.
pub const AVAILABLE: Clause = Clause {
    id: "config-linux/net-devices",
    level: Must,
    address: "config-linux.md#network-devices",
    asks: "the configured network devices are in the container",
    sentence: "386aa10766baddcf15e883b845875fe20d4b93eb1dcf10352afecf0fb7c6c82a",
};

/// A device that cannot be moved is noticed.
pub const POSSIBLE: Clause = Clause {
    id: "config-linux/net-devices-possible",
    level: Must,
    address: "config-linux.md#network-devices",
    asks: "it is checked whether a network device can be moved",
    sentence: "54954602d57bb6604c1ab5b2a9005d661c35730d458ea64641a24931f236d8d6",
};

/// A name that the container has already is an error.
pub const TAKEN: Clause = Clause {
    id: "config-linux/net-devices-taken",
    level: Must,
    address: "config-linux.md#network-devices",
    asks: "a name that a device of the container has is an error, unless it is a template",
    sentence: "9f168b9b7c169e475cc577fc58819bda9e71f2fa3a6a1323e2f8485ade4c712e",
};

/// A template becomes a name that is free.
pub const TEMPLATE: Clause = Clause {
    id: "config-linux/net-devices-template",
    level: Must,
    address: "config-linux.md#network-devices",
    asks: "a name with `%d` is completed by the kernel",
    sentence: "1f6509bafbb7f85bfb48bcbc03b06dc17ee51089530b83af8eeb8170d42f481c",
};

/// Attributes and permanent global addresses of a device are kept.
pub const PRESERVED: Clause = Clause {
    id: "config-linux/net-devices-preserved",
    level: Must,
    address: "config-linux.md#network-devices",
    asks: "a device keeps its attributes and its permanent addresses of global scope",
    sentence: "110546e5335aa3c94581b58b0d73c83b5c2804c885bb240b5a9e679893fe5ab3",
};

/// A device is up once it was moved.
pub const UP: Clause = Clause {
    id: "config-linux/net-devices-up",
    level: Must,
    address: "config-linux.md#network-devices",
    asks: "a device is up once it was moved",
    sentence: "dcb5f010086620d7cad8007c65465efdd7c3ebd6bcde9d63642a1ae769742da3",
};

/// A device is not taken out of its namespace again.
pub const STAYS: Clause = Clause {
    id: "config-linux/net-devices-stay",
    level: Must,
    address: "config-linux.md#namespace-lifecycle-and-container-termination",
    asks: "a device is not taken out of the namespace when the container is deleted",
    sentence: "655b8d1e75686ed5048edb36b5fe4475ec108d91738b5266f15c4cc873d68133",
};

/// Clauses of this section.
pub(super) const ALL: &[&Clause] = &[&AVAILABLE, &POSSIBLE, &TAKEN, &TEMPLATE, &PRESERVED, &UP, &STAYS];
