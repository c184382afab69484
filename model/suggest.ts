import { LIMITS } from './limits.js';

/**
 * The candidate that was probably meant by an unknown name, or null when none is near. Near is a small number of
 * inserted, missing, wrong or swapped characters, whatever their case; of candidates equally near the one with the
 * same member name (after the dot) wins, then the first. A name without a dot may also mean a member.
 */
export function suggest(word: string, candidates: Iterable<string>): string | null {
  if (word.length > LIMITS.suggestLengthMax) return null;
  const wanted = word.toLowerCase();
  let best: string | null = null;
  let bestScore = Infinity;
  for (const candidate of candidates) {
    const score = scoreCandidate(wanted, candidate.toLowerCase());
    if (score < bestScore) {
      best = candidate;
      bestScore = score;
    }
  }
  return best;
}

/** Twice the distance, plus one where the member names differ; infinite when too far. */
function scoreCandidate(wanted: string, candidate: string): number {
  const member = memberName(candidate);
  const distance = boundedDistance(wanted, candidate);
  const score = distance * 2 + (member === memberName(wanted) ? 0 : 1);
  if (wanted.includes('.') || member === candidate) return score;
  return Math.min(score, boundedDistance(wanted, member) * 2 + 1);
}

function memberName(name: string): string {
  return name.slice(name.lastIndexOf('.') + 1);
}

/** The distance, or infinity beyond a third of the word's length (from one to four characters, never the whole). */
function boundedDistance(wanted: string, candidate: string): number {
  const most = Math.min(Math.max(1, Math.floor(wanted.length / 3)), wanted.length - 1, 4);
  if (Math.abs(wanted.length - candidate.length) > most) return Infinity;
  const distance = editDistance(wanted, candidate);
  return distance <= most ? distance : Infinity;
}

/** Damerau-Levenshtein distance in which no stretch is edited twice (optimal string alignment). */
function editDistance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let cost = Math.min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (same ? 0 : 1));
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      if (swapped) cost = Math.min(cost, beforeLast[j - 2] + 1);
      row.push(cost);
    }
    beforeLast = last;
    last = row;
  }
  return last[b.length];
}
