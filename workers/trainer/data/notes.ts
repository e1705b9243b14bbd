/** Environment variables by name. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** `warning`: something should be looked at. `info`: it only explains what happened. */
export type NoteSeverity = 'info' | 'warning';

/** Told what people should know of a run; a warning where no severity is given. */
export type OnNote = (note: string, severity?: NoteSeverity) => void;

export interface Note {
  readonly text: string;
  readonly severity: NoteSeverity;
}

/** Notes as they are taken. */
export interface Notes {
  readonly onNote: OnNote;
  /** In the order in which they came. */
  readonly taken: readonly Note[];
}

interface Streams {
  readonly stdout: { write(text: string): unknown };
  readonly stderr: { write(text: string): unknown };
}

/**
 * Takes notes and shows them at once: on the terminal, and in a workflow of GitHub as annotations of the run, so that a
 * night that goes well does not hide what did not.
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

/** As workflow commands have it: a line, in which `%` stands for what a line cannot hold. */
function escaped(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}
