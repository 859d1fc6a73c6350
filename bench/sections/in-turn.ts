/**
 * Measures each subject once a round, so that whatever changes meanwhile changes for all of them; each goes first as often
 * as the others. Gives the figures of each subject, round by round.
 */
export async function inTurn<Subject, Figures>(
  subjects: readonly Subject[],
  rounds: number,
  measure: (subject: Subject, round: number) => Promise<Figures>,
): Promise<Map<Subject, Figures[]>> {
  const figures = new Map(subjects.map((subject): [Subject, Figures[]] => [subject, []]));
  for (let round = 0; round < rounds; round += 1) {
    const first = round % subjects.length;
    for (const subject of [...subjects.slice(first), ...subjects.slice(0, first)]) {
      figures.get(subject)?.push(await measure(subject, round));
    }
  }
  return figures;
}
