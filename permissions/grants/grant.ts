import type { Container } from "../containers";
import type { Scope } from "../statement";

/** One right that a container needs; grants of the same purpose become one statement. */
export interface Grant {
  /** The statement's label: the purpose. */
  sid: string;
  actions: string[];
  resource: string;
}

/** What one field of a container definition needs of the execution role. */
export interface FieldGrants {
  field: string;
  grants(container: Container, scope: Scope): Grant[];
}
