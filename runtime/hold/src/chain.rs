//! Chain IDs: names of stacks of layers, so that images which share the stack share what is unpacked.

use crate::digest::Digest;
use crate::image::Image;

/// The chain ID of each stack that an image has, from its lowest layer alone to all of them.
///
/// The chain ID of one layer is its diff ID; each layer above hashes the text `<chain ID so far> <diff ID>`.
///
/// - **Returns** one digest for each layer, in their order.
/// - **Source**: image-spec v1.1.1, `config.md#layer-chainid`.
#[must_use]
pub fn chain_ids(image: &Image) -> Vec<Digest> {
    let grow = |below: &mut Option<Digest>, diff_id: Digest| {
        let id = below.map_or(diff_id, |chain| Digest::of(format!("{chain} {diff_id}").as_bytes()));
        *below = Some(id);
        Some(id)
    };
    image.layers.iter().map(|layer| layer.diff_id).scan(None, grow).collect()
}
