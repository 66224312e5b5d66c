#include "common/trace/trace.h"

#include "gtest/gtest.h"

namespace tremplin::trace {
namespace {

constexpr char kSome[] = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00";

TEST(TraceTest, AcceptsOnlyTraceparents) {
  EXPECT_TRUE(IsTraceparent(kSome));
  EXPECT_TRUE(IsTraceparent(NewTraceparent()));
  EXPECT_FALSE(IsTraceparent("00-4BF92F3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"));
  EXPECT_FALSE(IsTraceparent("00-00000000000000000000000000000000-00f067aa0ba902b7-01"));
  EXPECT_FALSE(IsTraceparent("01-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"));
  EXPECT_FALSE(IsTraceparent(""));
}

TEST(TraceTest, AChildIsOfTheSameTraceAndAnotherSpan) {
  const std::string child = ChildOf(kSome);
  EXPECT_TRUE(IsTraceparent(child));
  EXPECT_EQ(TraceIdOf(child), "4bf92f3577b34da6a3ce929d0e0e4736");
  EXPECT_NE(SpanIdOf(child), "00f067aa0ba902b7");
  EXPECT_NE(SpanIdOf(child), SpanIdOf(ChildOf(kSome)));
  EXPECT_EQ(child.substr(53), "00") << "whether it is sampled is handed on";
}

TEST(TraceTest, WhatComesFromNowhereBeginsATrace) {
  const std::string first = ChildOf("rubbish");
  EXPECT_TRUE(IsTraceparent(first));
  EXPECT_NE(TraceIdOf(first), TraceIdOf(ChildOf("")));
  EXPECT_EQ(TraceIdOf("rubbish"), "");
  EXPECT_EQ(SpanIdOf("rubbish"), "");
}

TEST(TraceTest, ARequestIdOfSomebodysOwnIsNotWrittenOut) {
  EXPECT_EQ(LoggedRequestId("0190f3a2-7c1e-7d52-8a41-3f9c2b7d6e10"),
            "0190f3a2-7c1e-7d52-8a41-3f9c2b7d6e10");
  EXPECT_EQ(LoggedRequestId("abc"), "sha256:ba7816bf8f01cfea");
  EXPECT_EQ(LoggedRequestId(""), "");
}

}  // namespace
}  // namespace tremplin::trace
