import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { messageOf } from '../../../../shared/errors/message-of.ts';
import { UserError } from '../../../../shared/errors/user-error.ts';
import { FAMILY_TABLE } from '../../data/synthetic/family-table.ts';
import { promotionMultiplier } from '../../data/synthetic/promotion-calendar.ts';
import type { PlantedMultiplier } from './summarize-uplift.ts';

/** The promotions in the file that `npm run synthetic -- --truth FILE` writes. */
const truthSchema = z.object({
  families: z.array(
    z.object({
      family: z.string(),
      promotion: z.object({ uplift: z.number(), scale: z.number().positive() }),
    }),
  ),
});

/** Thrown for a file that does not contain the planted effects. */
export class TruthFileError extends UserError {
  override name = 'TruthFileError';
}

/** The promotions of the trainer's own synthetic dataset. */
export function plantedInSynthetic(): PlantedMultiplier {
  return multiplierOf(FAMILY_TABLE);
}

/** @throws {TruthFileError} */
export async function readPlanted(file: string): Promise<PlantedMultiplier> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    throw new TruthFileError(`cannot read --truth ${file}: ${messageOf(error)}`);
  }
  const parsed = truthSchema.safeParse(parseJson(text));
  if (parsed.success) return multiplierOf(parsed.data.families);
  const issue = parsed.error.issues[0];
  throw new TruthFileError(
    `${file} is not a file of \`npm run synthetic -- --truth FILE\`, at "${issue?.path.join('.')}": ${issue?.message}`,
  );
}

function multiplierOf(
  families: readonly {
    readonly family: string;
    readonly promotion: { readonly uplift: number; readonly scale: number };
  }[],
): PlantedMultiplier {
  const promotions = new Map(families.map(({ family, promotion }) => [family, promotion]));
  return (family, items) => {
    const promotion = promotions.get(family);
    if (!promotion) throw new TruthFileError(`the planted effect of family "${family}" is unknown`);
    return promotionMultiplier(promotion, items);
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
