//===- ProgramFileTest.cpp - Tests of reading program.json ------*- C++ -*-===//

#include "runtime/train/ProgramFile.h"

#include "runtime/data/Sha256.h"
#include "test/runtime/train/TestArchive.h"

using namespace dynfault;
using nlohmann::json;

namespace {

class ProgramFileTest : public ArchiveTest {
protected:
  ProgramFile read(const json &patch) {
    ArchiveOptions options;
    options.patch = patch;
    return readProgramFile(writePointsNet("p.pt", options));
  }

  std::string readError(const json &patch) {
    return errorOf([&] { read(patch); });
  }

  std::string key(const json &faults) {
    return read({{"faults", faults}}).mutant.key;
  }
};

} // namespace

TEST_F(ProgramFileTest, CleanProgram) {
  ProgramFile file = read(json::object());
  EXPECT_EQ(file.program.name, "points_net");
  EXPECT_EQ(file.program.dataset, "points");
  EXPECT_EQ(file.mutant.key, "clean");
  EXPECT_FALSE(file.mutant.operatorId);
  EXPECT_FALSE(file.mutant.faultClass);
  EXPECT_EQ(file.mutant.parameters, "{}");
  EXPECT_EQ(file.mutant.archiveSha256, sha256(readFileBytes(folder / "p.pt")));
  EXPECT_EQ(file.stepsPerEpoch(200), 13);
  EXPECT_EQ(file.stepsPerEpoch(208), 13);
  EXPECT_EQ(file.stepsPerEpoch(209), 14);
  EXPECT_TRUE(file.data.classification);
  EXPECT_EQ(file.data.target.dtype, at::kLong);
}

TEST_F(ProgramFileTest, MutantKeys) {
  EXPECT_EQ(key(oneFault("HLR", "optimizer", {{"factor", 0.3}})),
            "HLR@optimizer:factor=0.3");
  EXPECT_EQ(key(oneFault("ACH", "a/relu", {{"to", "sigmoid"}, {"by", 2}})),
            "ACH@a/relu:by=2,to=sigmoid");
  EXPECT_EQ(key(oneFault("TDS", "dataset", json::object())), "TDS@dataset:");
  json both = oneFault("ACH", "a", {{"to", "elu"}});
  both.push_back(oneFault("HLR", "o", {{"on", true}})[0]);
  ProgramFile file = read({{"faults", both}});
  EXPECT_EQ(file.mutant.key, "ACH@a:to=elu+HLR@o:on=true");
  EXPECT_EQ(file.mutant.operatorId, "ACH+HLR");
  EXPECT_EQ(file.mutant.site, "a+o");
  EXPECT_EQ(json::parse(file.mutant.parameters),
            json({{"ACH@a", {{"to", "elu"}}}, {"HLR@o", {{"on", true}}}}));
}

TEST_F(ProgramFileTest, ErrorsNameTheField) {
  EXPECT_ONE_LINE_WITH(readError({{"schedule", {{"epochs", 0}}}}),
                       "p.pt: program.json: 'schedule.epochs': 0 is too small");
  EXPECT_ONE_LINE_WITH(readError({{"schedule", nullptr}}),
                       "the field 'schedule' is missing");
  EXPECT_ONE_LINE_WITH(readError({{"task", "ranking"}}),
                       "'task': 'ranking' is neither");
  EXPECT_ONE_LINE_WITH(readError({{"input", {{"dtype", "int3"}}}}),
                       "'input.dtype': unknown element type 'int3'");
  EXPECT_ONE_LINE_WITH(readError({{"input", {{"shape", {8, 4}}}}}),
                       "'input.shape': [8, 4] is not -1");
  EXPECT_ONE_LINE_WITH(readError({{"dataset", {{"train", "x"}}}}),
                       "'dataset.train': expected an integer");
  EXPECT_ONE_LINE_WITH(readError({{"faults", {1}}}),
                       "'faults[0]': expected an object");
}
