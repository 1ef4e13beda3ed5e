//! Numbers with something behind them: quantities of resources, and laws of scale rules.

use task_api_core::schema::Subschema;
use task_api_json::{Kind as NodeKind, Node, quote};

use super::sketch::Sketch;
use super::{Body, CompletionKind, Context, Offer, Offers};

/// Units with what they stand for. The first ones are those that all readers of the files know.
pub(crate) const BYTES: [(&str, &str); 12] = [
    ("Mi", "mebibytes: 1024 * 1024 bytes"),
    ("Gi", "gibibytes: 1024 mebibytes"),
    ("Ki", "kibibytes: 1024 bytes"),
    ("Ti", "tebibytes: 1024 gibibytes"),
    ("Pi", "pebibytes: 1024 tebibytes"),
    ("Ei", "exbibytes: 1024 pebibytes"),
    ("M", "megabytes: 1 000 000 bytes"),
    ("G", "gigabytes: 1000 megabytes"),
    ("k", "kilobytes: 1000 bytes"),
    ("T", "terabytes: 1000 gigabytes"),
    ("P", "petabytes: 1000 terabytes"),
    ("E", "exabytes: 1000 petabytes"),
];
pub(crate) const CORES: [(&str, &str); 1] = [("m", "thousandths of a core")];

/// Whether the members of an object are resources with quantities.
pub(super) fn is_resource(object: Node<'_>) -> bool {
    let is_side = |key: Node<'_>| key.is_str("limits") || key.is_str("requests");
    let resources = object.container().and_then(Node::key);
    object.key().is_some_and(is_side) && resources.is_some_and(|key| key.is_str("resources"))
}

pub(super) fn offer(context: &Context<'_>, resource: &str, subschema: &Subschema, offers: &mut Offers<'_>) {
    let number = typed_number(context);
    if let Some(number) = &number {
        let units: &[(&str, &str)] = match resource {
            "cpu" => &CORES,
            "memory" | "ephemeral-storage" => &BYTES,
            _ => &[],
        };
        for (unit, meaning) in units {
            let text = format!("{number}{unit}");
            offers.push(Offer::text(&text, CompletionKind::Unit).detail(*meaning));
        }
    }
    if number.is_some() {
        return;
    }
    for example in &subschema.examples {
        let mut offer = Offer::json(example.clone(), CompletionKind::Value).detail("an example");
        offer.body = Body::Value(Sketch::replaceable(example));
        offers.push(offer);
    }
}

/// The forms that a law can have, with the number that is there as coefficient.
pub(super) fn offer_complexity(context: &Context<'_>, subschema: &Subschema, offers: &mut Offers<'_>) {
    let Some(number) = typed_number(context) else { return };
    for (form, meaning) in [
        (format!("{number}*n"), format!("{number} times the size of the data")),
        (format!("{number}*n**2"), format!("{number} times the square of the size")),
    ] {
        if subschema.may_be(&quote(&form)) {
            offers.push(Offer::text(&form, CompletionKind::Unit).detail(meaning));
        }
    }
}

/// The number that the value begins with, up to the cursor.
fn typed_number(context: &Context<'_>) -> Option<String> {
    let site = context.site;
    let document = context.workspace.get(site.mended.uri())?;
    let start = site.slot.word.start + u32::from(site.slot.quote.is_some());
    let typed = document.text().get(start as usize..site.offset as usize)?;
    let length = typed.find(|character: char| !character.is_ascii_digit() && character != '.').unwrap_or(typed.len());
    let number = typed.get(..length)?;
    let is_number = task_api_json::parse(number).root(number).kind() == NodeKind::Number;
    (is_number && number.ends_with(|character: char| character.is_ascii_digit())).then(|| number.to_owned())
}
