import type { Action, Because, Verdict } from "./types";

/** One question that a plan asks about each subject. The first rule of a list that answers decides. */
export interface Rule<S, F> {
  id: string;
  /** For people; docs/rules.md is made from it. */
  question: string;
  answer(subject: S, facts: F): Answer | undefined;
}

export interface Answer {
  action: Action;
  because?: Partial<Omit<Because, "rule">>;
}

// One list for all: a plan may hold a million verdicts.
const NO_REFERENCES: never[] = [];

/** One verdict for each subject, in their order. What no rule answers for is kept, as rule `unanswered`. */
export function decide<S, F>(rules: readonly Rule<S, F>[], subjects: readonly S[], facts: F): Verdict<S>[] {
  return subjects.map((subject) => {
    for (const rule of rules) {
      const answer = rule.answer(subject, facts);
      if (!answer) continue;
      return {
        subject,
        action: answer.action,
        because: { rule: rule.id, references: NO_REFERENCES, ...answer.because },
      };
    }
    return { subject, action: "keep", because: { rule: "unanswered", references: NO_REFERENCES } };
  });
}
