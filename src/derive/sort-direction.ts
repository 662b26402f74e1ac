import { registerEnumType } from 'type-graphql';

/** Which way a list is sorted. */
export enum SortDirection {
  /** The smallest first. */
  ASC = 'ASC',
  /** The largest first. */
  DESC = 'DESC',
}

registerEnumType(SortDirection, { name: 'SortDirection' });
