/** The stores whose history has been imported. */
export class ImportedTable {
  readonly #sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
  }

  /** @returns false when the store was there already. */
  add(storeNbr: number): boolean {
    this.#sql.exec('INSERT OR IGNORE INTO imported VALUES (?)', storeNbr);
    return this.#sql.exec<{ n: number }>('SELECT changes() AS n').one().n === 1;
  }

  stores(): number[] {
    const rows = this.#sql.exec('SELECT store_nbr FROM imported ORDER BY store_nbr').raw<[number]>();
    return Array.from(rows, ([storeNbr]) => storeNbr);
  }
}
