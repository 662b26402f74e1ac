import { Field, Int, ObjectType, registerEnumType } from 'type-graphql';
import type { ViewOutcome, ViewReport } from '../kernel/index.js';
import { ADMIN, Access } from './access.js';
import { ProjectionStatus } from './projection-status.graphql.js';
import { DateTime, Json, Position } from './scalars.js';

/** What an operator did. */
@Access(ADMIN)
@ObjectType({ simpleResolvers: true, description: 'What an operator did, as it was written down.' })
export class Operation {
  @Field(() => Int, { description: 'Counts from 1.' })
  seq!: number;

  @Field(() => String, { description: 'The mutation: `pauseProjection`.' })
  name!: string;

  @Field(() => String)
  projection!: string;

  @Field(() => String, { description: 'Who did it.' })
  actor!: string;

  @Field(() => String)
  correlationId!: string;

  @Field(() => DateTime)
  at!: number;

  @Field(() => Position, { nullable: true, description: 'Of the event it was about.' })
  position!: number | null;

  @Field(() => String, { nullable: true })
  reason!: string | null;
}

/** What came of a retry or a skip. */
@Access(ADMIN)
@ObjectType({ simpleResolvers: true, description: 'What came of an entity’s events that were set aside.' })
export class RetryResult {
  @Field(() => Int, { description: 'How many were applied, up to the first that still fails.' })
  applied!: number;

  @Field(() => Int)
  skipped!: number;

  @Field(() => ProjectionStatus)
  status!: ProjectionStatus;
}

/** What a projection's views are, held against the log. */
export enum VerifyOutcome {
  IDENTICAL = 'IDENTICAL',
  DIFFERENT = 'DIFFERENT',
  ABSENT = 'ABSENT',
  FAILED = 'FAILED',
}

registerEnumType(VerifyOutcome, {
  name: 'VerifyOutcome',
  valuesConfig: {
    IDENTICAL: { description: 'The live views are what a replay of the log gives.' },
    DIFFERENT: { description: 'They are not; `differences` has the first rows that differ.' },
    ABSENT: { description: 'There is nothing to compare; `message` says why.' },
    FAILED: { description: 'It could not be told; `message` says why.' },
  },
});

const OUTCOMES: Readonly<Record<ViewOutcome, VerifyOutcome>> = {
  identical: VerifyOutcome.IDENTICAL,
  different: VerifyOutcome.DIFFERENT,
  absent: VerifyOutcome.ABSENT,
  failed: VerifyOutcome.FAILED,
};

@Access(ADMIN)
@ObjectType({
  simpleResolvers: true,
  description: 'A row that is not the same in the live views and the replay.',
})
class RowDifference {
  @Field(() => String)
  table!: string;

  @Field(() => Json)
  key!: object;

  @Field(() => Json, { nullable: true, description: 'Null where the live views do not have it.' })
  live!: object | null;

  @Field(() => Json, { nullable: true, description: 'Null where the replay does not give it.' })
  replayed!: object | null;
}

/** What a verification found. */
@Access(ADMIN)
@ObjectType({
  simpleResolvers: true,
  description: 'A projection’s live views, held against a replay of the log.',
})
export class VerifyResult {
  @Field(() => String)
  projection!: string;

  @Field(() => VerifyOutcome)
  outcome!: VerifyOutcome;

  @Field(() => Position, { description: 'The log was replayed up to here.' })
  checkpoint!: number;

  @Field(() => Int, {
    description: 'Rows of all tables of the live views; of a sample, of those that it was drawn from.',
  })
  rows!: number;

  @Field(() => Int, {
    nullable: true,
    description: 'How many rows were compared where a sample was drawn; null where all were.',
  })
  sampled!: number | null;

  @Field(() => Int, {
    description:
      'How many rows of the sample are as they must be while events of their entity are set aside.',
  })
  setAside!: number;

  @Field(() => [String], {
    description: 'Tables that no sample can be drawn from: they do not say whose events make a row.',
  })
  notSampled!: readonly string[];

  @Field(() => Int, { description: 'How many rows differ.' })
  differing!: number;

  @Field(() => [RowDifference], { description: 'The first of them.' })
  differences!: readonly RowDifference[];

  @Field(() => Int, { description: 'Events that could not be applied in the replay.' })
  parked!: number;

  @Field(() => String, { nullable: true, description: 'Why the first of them could not.' })
  parkedError!: string | null;

  @Field(() => String, { nullable: true })
  message!: string | null;
}

/** The kernel's report as the API shows it. */
export function toVerifyResult({ outcome, ...report }: ViewReport): VerifyResult {
  return { ...report, outcome: OUTCOMES[outcome] };
}
