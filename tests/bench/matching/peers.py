"""Solves a graph file of the matching benchmark with a Python library and prints the processor seconds it took and the points.

peers.py scipy-sparse|scipy-dense|or-tools FILE
Prints why when it cannot. Mentors become one column a place; who stays alone takes a column of their own.
"""

import sys
import time


def read(path):
    import numpy

    numbers = numpy.fromfile(path, dtype=numpy.int32)
    mentees, mentors, count = (int(number) for number in numbers[:3])
    begin = numbers[3 : 4 + mentees]
    capacity = numbers[4 + mentees : 4 + mentees + mentors]
    pairs = numbers[4 + 2 * mentees + mentors :].reshape(count, 2)
    mentee = numpy.repeat(numpy.arange(mentees), numpy.diff(begin))
    return mentees, mentors, capacity, mentee, pairs[:, 0], pairs[:, 1]


def places(path):
    """Each pair once for each place of its mentor: rows, columns, points; and the sizes."""
    import numpy

    mentees, _, capacity, mentee, mentor, points = read(path)
    first = numpy.concatenate(([0], numpy.cumsum(capacity)))
    times = capacity[mentor]
    starts = numpy.concatenate(([0], numpy.cumsum(times)))[:-1]
    within = numpy.arange(times.sum()) - numpy.repeat(starts, times)
    return (
        mentees,
        int(first[-1]),
        numpy.repeat(mentee, times),
        numpy.repeat(first[mentor], times) + within,
        numpy.repeat(points, times),
    )


def scipy_sparse(path):
    import numpy
    from scipy.sparse import csr_matrix
    from scipy.sparse.csgraph import min_weight_full_bipartite_matching

    mentees, columns, row, column, points = places(path)
    alone = numpy.arange(mentees)
    # A weight of 0 would be no edge: all are raised by 1.
    matrix = csr_matrix(
        (
            numpy.concatenate((points + 1, numpy.ones(mentees, dtype=points.dtype))).astype(float),
            (numpy.concatenate((row, alone)), numpy.concatenate((column, columns + alone))),
        )
    )
    start = time.process_time()
    rows, chosen = min_weight_full_bipartite_matching(matrix, maximize=True)
    seconds = time.process_time() - start
    return seconds, int(matrix[rows, chosen].sum()) - mentees


def scipy_dense(path):
    import numpy
    from scipy.optimize import linear_sum_assignment

    mentees, columns, row, column, points = places(path)
    matrix = numpy.zeros((mentees, columns + mentees), dtype=numpy.float32)
    matrix[row, column] = points
    start = time.process_time()
    rows, chosen = linear_sum_assignment(matrix, maximize=True)
    return time.process_time() - start, int(matrix[rows, chosen].astype(numpy.int64).sum())


def or_tools(path):
    import numpy
    from ortools.graph.python import min_cost_flow

    mentees, mentors, capacity, mentee, mentor, points = read(path)
    last = mentees + mentors
    everyone = numpy.arange(mentees)
    flow = min_cost_flow.SimpleMinCostFlow()
    flow.add_arcs_with_capacity_and_unit_cost(mentee, mentees + mentor, numpy.ones_like(mentor), -points)
    flow.add_arcs_with_capacity_and_unit_cost(
        everyone, numpy.full(mentees, last), numpy.ones(mentees, dtype=int), numpy.zeros(mentees, dtype=int)
    )
    flow.add_arcs_with_capacity_and_unit_cost(
        mentees + numpy.arange(mentors), numpy.full(mentors, last), capacity, numpy.zeros(mentors, dtype=int)
    )
    flow.set_nodes_supplies(numpy.arange(last + 1), numpy.array([1] * mentees + [0] * mentors + [-mentees]))
    start = time.process_time()
    flow.solve()
    return time.process_time() - start, -flow.optimal_cost()


def main(peer, path):
    solve = {"scipy-sparse": scipy_sparse, "scipy-dense": scipy_dense, "or-tools": or_tools}[peer]
    try:
        seconds, points = solve(path)
    except (ImportError, MemoryError) as error:
        print(error)
        return
    print(f"{seconds} {points}")


if __name__ == "__main__":
    main(*sys.argv[1:])
