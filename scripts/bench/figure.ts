/** What was measured, beside a floor or a formula from the same run. */
export interface Figure {
  name: string;
  unit: string;
  measured: number;
  reference: number;
  referenceName: string;
  ratio: number;
}

export function figure(name: string, unit: string, measured: number, reference: number, referenceName: string): Figure {
  const ratio = measured === reference ? 1 : Number((measured / reference).toFixed(3));
  return { name, unit, measured, reference, referenceName, ratio };
}

/** Begins the `referenceName` of a figure that must be just this. */
export const EXACTLY = "formula, exactly";
