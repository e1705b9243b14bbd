import { z } from 'zod';
import { isoDateSchema, storeSchema } from '../catalog.ts';
import { familySchema, storeNbrSchema } from '../series-schema.ts';

/** Body of GET /v1/catalog. */
export const catalogBodySchema = z
  .object({
    dataset: z.string(),
    business_time_zone: z.string().meta({ description: 'Time zone of the business days, IANA name.' }),
    horizon: z.int().min(1).meta({ description: 'Days that a forecast reaches ahead.' }),
    first_date: isoDateSchema.meta({ description: 'First day of the history.' }),
    live_from: isoDateSchema.meta({ description: 'First business day that arrives live.' }),
    last_date: isoDateSchema.meta({ description: 'Last day that can be replayed.' }),
    shift_days: z.int().meta({ description: "Days by which the source's dates were moved forward." }),
    stores: z.array(storeSchema.extend({ store_nbr: storeNbrSchema })),
    families: z.array(familySchema),
    series: z.array(z.string()).meta({
      description:
        'Every series that is sold, `store:family`; not every store has every family. In the store, `%` is written `%25` ' +
        'and `:` is written `%3A`, so that the first colon ends it.',
    }),
  })
  .meta({
    id: 'Catalog',
    example: {
      dataset: 'favorita',
      business_time_zone: 'America/Guayaquil',
      horizon: 16,
      first_date: '2022-01-04',
      live_from: '2026-11-16',
      last_date: '2027-08-17',
      shift_days: 3276,
      stores: [{ store_nbr: '44', city: 'Quito', state: 'Pichincha', type: 'A', cluster: 5 }],
      families: ['DAIRY', 'GROCERY I'],
      series: ['44:DAIRY', '44:GROCERY I'],
    },
  });
export type CatalogBody = z.infer<typeof catalogBodySchema>;
