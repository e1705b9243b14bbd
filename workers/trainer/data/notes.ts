/** Environment variables by name. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** `warning`: needs attention. `info`: only explains what happened. */
export type NoteSeverity = 'info' | 'warning';

/** Receives remarks about a run for the user; a warning by default. */
export type OnNote = (note: string, severity?: NoteSeverity) => void;

export interface Note {
  readonly text: string;
  readonly severity: NoteSeverity;
}

/** The notes of a run. */
export interface Notes {
  readonly onNote: OnNote;
  /** In order of arrival. */
  readonly taken: readonly Note[];
}

interface Streams {
  readonly stdout: { write(text: string): unknown };
  readonly stderr: { write(text: string): unknown };
}

/**
 * Collects notes and shows them at once: on the terminal, and in a GitHub workflow as annotations of the run, so that a
 * successful night does not hide its warnings.
 */
export function createNotes(environment: Environment, { stdout, stderr }: Streams): Notes {
  const taken: Note[] = [];
  return {
    taken,
    onNote(text, severity = 'warning') {
      taken.push({ text, severity });
      const isAnnotation = severity === 'warning' && environment.GITHUB_ACTIONS === 'true';
      if (isAnnotation) stdout.write(`::warning::${escaped(text)}\n`);
      else stderr.write(`${text}\n`);
    },
  };
}

/** As a workflow command: one line, with characters escaped by `%`. */
function escaped(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}
