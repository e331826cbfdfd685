/** Gets the first failure of each outage, and its end. */
export interface OutageReport {
  /** `project` is the id of the project whose work failed; undefined for work for all projects. */
  began(error: unknown, project?: string): void
  ended(project?: string): void
}

/** Reports outages of work that is tried again and again, instead of each failed attempt. */
export interface Outages {
  failed(error: unknown, project?: string): void
  succeeded(project?: string): void
}

export function createOutages({ began, ended }: OutageReport): Outages {
  const failing = new Set<string | undefined>()
  return {
    failed(error, project) {
      if (failing.has(project)) return
      failing.add(project)
      began(error, project)
    },
    succeeded(project) {
      if (failing.delete(project)) ended(project)
    },
  }
}
