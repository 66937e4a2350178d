import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { root } from '../../scripts/setup.mjs';

/**
 * @typedef {{ id: string, mutatorName: string, replacement: string, status: string,
 *   location: { start: Place, end: Place } }} Mutant
 * @typedef {{ line: number, column: number }} Place lines and columns count from 1
 */

/** Where a place stands in a text. */
function offsetOf(text, { line, column }) {
  let offset = 0;
  for (let at = 1; at < line; at += 1) offset = text.indexOf('\n', offset) + 1;
  return offset + column - 1;
}

/** The text with one mutant in it. */
export function applyMutant(text, { location, replacement }) {
  const start = offsetOf(text, location.start);
  return text.slice(0, start) + replacement + text.slice(offsetOf(text, location.end));
}

const isUndetected = ({ status }) => status === 'Survived' || status === 'NoCoverage';

/** A copy of the sources in which the type checker reads one mutant a file at a time. */
function copySources() {
  const folder = join(root, '.partyline/mutation/types');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const name of ['src', 'tsconfig.base.json']) {
    cpSync(join(root, name), join(folder, name), { recursive: true });
  }
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  return folder;
}

/** The files, from the folder's root, in which the type checker finds something wrong. */
function filesWithErrors(folder) {
  const projects = ['worker', 'client', 'ui', 'server', 'inspector', 'react', 'frameworks'];
  const { stdout } = spawnSync(
    'npx',
    ['tsc', '-b', '--pretty', 'false', ...projects.map((name) => `src/${name}`)],
    { cwd: folder, encoding: 'utf8', maxBuffer: 1 << 28 },
  );
  return new Set([...stdout.matchAll(/^(\S+?)\(\d+,\d+\): error/gm)].map(([, file]) => file));
}

/**
 * Of the mutants that no test noticed, those that do not compile: `npm test` fails with them. One a file
 * at a time, since an error is told by its file.
 *
 * @param {Record<string, { mutants: Mutant[] }>} files as Stryker reports them
 * @returns {Set<string>} `file#id` of each
 */
export function refusedByTypes(files) {
  const waiting = new Map(
    Object.entries(files).map(([file, { mutants }]) => [file, mutants.filter(isUndetected)]),
  );
  const refused = new Set();
  if ([...waiting.values()].every((mutants) => mutants.length === 0)) return refused;
  const folder = copySources();
  if (filesWithErrors(folder).size > 0) throw new Error('The sources themselves do not compile.');
  while ([...waiting.values()].some((mutants) => mutants.length > 0)) {
    const tried = [];
    for (const [file, mutants] of waiting) {
      const text = readFileSync(join(root, file), 'utf8');
      const mutant = mutants.shift();
      if (mutant) tried.push([file, mutant.id]);
      writeFileSync(join(folder, file), mutant ? applyMutant(text, mutant) : text);
    }
    const wrong = filesWithErrors(folder);
    for (const [file, id] of tried) if (wrong.has(file)) refused.add(`${file}#${id}`);
  }
  rmSync(folder, { recursive: true, force: true });
  return refused;
}

/** The folder that a file is counted with. */
function areaOf(file) {
  if (/^src\/worker\/(genesys-cloud\/)?core\//.test(file)) return 'src/worker/core';
  return file.split('/').slice(0, 2).join('/');
}

function score({ killed, timeout, survived, uncovered }) {
  const valid = killed + timeout + survived + uncovered;
  return valid === 0 ? 100 : ((killed + timeout) / valid) * 100;
}

const nothing = { killed: 0, timeout: 0, survived: 0, uncovered: 0, refused: 0, equivalent: 0 };

function countsOf(file, mutants, refused, explained) {
  const counts = { ...nothing };
  const left = [];
  for (const mutant of mutants) {
    if (mutant.status === 'Killed') counts.killed += 1;
    else if (mutant.status === 'Timeout') counts.timeout += 1;
    else if (!isUndetected(mutant)) continue;
    else if (refused.has(`${file}#${mutant.id}`)) counts.refused += 1;
    else if (explained(file, mutant)) counts.equivalent += 1;
    else {
      counts[mutant.status === 'Survived' ? 'survived' : 'uncovered'] += 1;
      left.push(mutant);
    }
  }
  return { counts, left };
}

function add(a, b) {
  return Object.fromEntries(Object.keys(nothing).map((key) => [key, a[key] + b[key]]));
}

function row(name, counts) {
  const { killed, timeout, survived, uncovered, refused, equivalent } = counts;
  const cells = [killed + timeout, survived, uncovered, refused, equivalent];
  return `| ${name} | ${score(counts).toFixed(1)} | ${cells.join(' | ')} |`;
}

const head =
  '| what | score | killed | survived | not covered | refused by tsc | equivalent |\n|---|---|---|---|---|---|---|';

/**
 * The report in words: each folder with its score, each file below it, and the mutants that are left.
 *
 * @param {{ files: Record<string, { source: string, mutants: Mutant[] }> }} report Stryker's JSON report
 * @param {(file: string, mutant: Mutant, source: string) => boolean} isExplained
 */
export function summarize(report, isExplained, refused = refusedByTypes(report.files)) {
  const areas = new Map();
  const lines = [];
  const survivors = [];
  for (const [file, { source, mutants }] of Object.entries(report.files).sort()) {
    const { counts, left } = countsOf(file, mutants, refused, (name, mutant) =>
      isExplained(name, mutant, source),
    );
    areas.set(areaOf(file), add(areas.get(areaOf(file)) ?? nothing, counts));
    lines.push(row(`\`${file}\``, counts));
    for (const mutant of left) {
      const { line } = mutant.location.start;
      const was = source.split('\n')[line - 1]?.trim();
      survivors.push(
        `${file}:${line} ${mutant.mutatorName} ${mutant.status}\n    ${was}\n    → ${mutant.replacement.split('\n')[0]}`,
      );
    }
  }
  const table = [head, ...[...areas].map(([name, counts]) => row(`\`${name}\``, counts))];
  return {
    areas: Object.fromEntries([...areas].map(([name, counts]) => [name, score(counts)])),
    text: [...table, '', head, ...lines].join('\n'),
    survivors: survivors.join('\n'),
  };
}

/** Of what could be killed, in each folder. */
export const leastScore = 85;

/**
 * The folders that are below the least score, each with its own; `null`: none is.
 *
 * @param {Record<string, number>} areas scores, as `summarize` gives them
 */
export function tellLow(areas) {
  const low = Object.entries(areas).filter(([, reached]) => reached < leastScore);
  if (low.length === 0) return null;
  // Rounded down: what is below must not read as if it were not.
  const told = low.map(([name, reached]) => `${name} (${Math.floor(reached * 10) / 10} %)`);
  return `Below ${leastScore} % of the mutants are killed in ${told.join(', ')}.`;
}

/** The report of the last run. */
export function readReport() {
  const path = join(root, '.partyline/mutation/report.json');
  if (!existsSync(path)) throw new Error('There is no report yet: run `npm run mutation`.');
  return JSON.parse(readFileSync(path, 'utf8'));
}
