//! What the worker says in English, in the page's language: the words of the contract and of the forms' model. What is the
//! container's own stays as it is written there, and so do messages of rules, which are the same everywhere.

import type { Choice, Field } from "task-api-wasm";

type Translate = (text: string) => string;

let translate: Translate = (text) => text;

/** By whoever loads a language. It has to give back what it is given while another language is shown. */
export function setTranslation(translation: Translate): void {
  translate = translation;
}

/** A text of the worker's that is no message of a rule. */
export function translated(text: string): string {
  return translate(text);
}

/** A field with the words that are not the container's. */
export function translatedField(field: Field): Field {
  const { description, group, locked, choices, quantity } = field;
  // What the contract knows is described there, and what somebody named is not.
  const isOfContract = description !== undefined && !field.id.startsWith(OF_TEMPLATE);
  return {
    ...field,
    ...(isOfContract ? { label: translate(field.label), description: translate(description) } : {}),
    ...(group === undefined || field.id.startsWith(RULE_OF_TASK) ? {} : { group: translate(group) }),
    ...(locked === undefined ? {} : { locked: translate(locked) }),
    ...(choices === undefined || !CHOICES_OF_CONTRACT.test(field.id) ? {} : { choices: choices.map(translatedChoice) }),
    ...(quantity === undefined ? {} : { quantity: translatedQuantity(quantity) }),
  };
}

/** A variable is described by its template. */
const OF_TEMPLATE = "env/";
/** Those of a task are grouped by the names of channels. */
const RULE_OF_TASK = "scale-rules/";
const CHOICES_OF_CONTRACT = /^(?:config|scale-rules\/[^/]+|templates\/\d+\/(?:inputs|outputs|env)\/\d+(?:\/scale_rule)?)\/(?:type|mode)$/u;

function translatedChoice(choice: Choice): Choice {
  const { label, description } = choice;
  return { ...choice, label: translate(label), ...(description === undefined ? {} : { description: translate(description) }) };
}

function translatedQuantity(quantity: NonNullable<Field["quantity"]>): NonNullable<Field["quantity"]> {
  const { units, inWords } = quantity;
  return { ...quantity, units: units.map(translatedChoice), ...(inWords === undefined ? {} : { inWords: translate(inWords) }) };
}
